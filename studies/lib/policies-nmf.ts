/** The policy of factorisations against fixed schedules tuned on each case, all under the same bound and budget. */
import { type ScheduleInput, ScheduleSpec } from "@etude/catalog";
import { costToTarget, type FactorisationProblem, train } from "@etude/learning";

type Rate = { readonly ofBound: number };

/** Settings of each fixed schedule at a rate. */
const fixed: Readonly<Record<string, (rate: Rate, steps: number) => ScheduleInput[]>> = {
  "step decay": (rate, steps) =>
    [0.1, 0.3, 0.5].flatMap((factor) =>
      [2, 3, 5].map((drops) => ({ kind: "step", rate, factor, every: Math.ceil(steps / (drops + 1)) }) as const),
    ),
  constant: (rate) => [{ kind: "constant", rate }],
  linear: (rate) => [{ kind: "linear", rate }],
  cosine: (rate) => [{ kind: "cosine", rate }],
  wsd: (rate) => [{ kind: "wsd", rate, tail: { fraction: 0.2 } }],
};
/** Multiples of the bound at the start; above 1 the bound decides at first. */
const rates: readonly Rate[] = [0.01, 0.03, 0.1, 0.3, 1, 3, 10].map((ofBound) => ({ ofBound }));
const tuningSeed = 0;
const judgingSeeds = [100, 101, 102, 103, 104];

export interface FactorisationComparison {
  readonly id: string;
  readonly title: string;
  /** By method: ‖X − WH‖ / ‖X‖ at the end, the median over seeds. */
  readonly residuals: Readonly<Record<string, number>>;
  /** Updates until 1.05 × the best final residual, the median over seeds; Infinity where never. */
  readonly stepsToTarget: Readonly<Record<string, number>>;
  readonly chosen: Readonly<Record<string, unknown>>;
  readonly seconds: number;
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;

/** Runs everything on the case. Fixed schedules are tuned on one seed and judged, as the policy is, on five others. */
export function compareFactorisations(problem: FactorisationProblem): FactorisationComparison {
  const started = performance.now();
  const run = (input: ScheduleInput, seed: number, measureEvery?: number) =>
    train(problem, { schedule: ScheduleSpec.parse(input), seed, measureEvery });
  const chosen: Record<string, ScheduleInput> = {
    learned: { kind: "learned", rate: { ofBound: 1 }, policy: "default-nmf" },
  };
  for (const [name, make] of Object.entries(fixed)) {
    const tried = rates.flatMap((rate) => make(rate, problem.steps));
    const losses = tried.map((input) => run(input, tuningSeed).finalTrainLoss);
    chosen[name] = tried[losses.indexOf(Math.min(...losses))]!;
  }
  const outcomes = Object.entries(chosen).map(([name, input]) => {
    return [name, judgingSeeds.map((seed) => run(input, seed, 4))] as const;
  });
  const finals = outcomes.map(
    ([name, runs]) => [name, middle(runs.map(({ finalTrainLoss }) => finalTrainLoss))] as const,
  );
  const target = Math.min(...finals.map(([, loss]) => loss)) * 1.05 ** 2;
  // Two gradients an update: one a factor.
  const steps = outcomes.map(([name, runs]) => {
    return [name, middle(runs.map((outcome) => costToTarget(outcome, target) / problem.groups.length))] as const;
  });
  return {
    id: problem.id,
    title: problem.title,
    residuals: Object.fromEntries(finals.map(([name, loss]) => [name, problem.relativeResidual(loss)])),
    stepsToTarget: Object.fromEntries(steps),
    chosen,
    seconds: (performance.now() - started) / 1000,
  };
}
