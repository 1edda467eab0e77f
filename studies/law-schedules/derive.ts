/** The two ways to a schedule that the study tries: under a law fitted to histories, and from gradient norms. */
import { ScheduleSpec } from "@etude/catalog";
import { type Problem, train } from "@etude/learning";
import {
  doubtOf,
  type LossCurve,
  optimiseSchedule,
  recordedCurve,
  refineSchedule,
  relianceOf,
  reportLaw,
} from "@etude/learning/law";

const steps = (length: number): Float64Array => Float64Array.from({ length }, (_, step) => step);
const meanOf = (columns: readonly Float64Array[]): Float64Array =>
  columns[0]!.map((_, i) => columns.reduce((sum, column) => sum + column[i]!, 0) / columns.length);

export interface Derived {
  readonly schedule: ScheduleSpec;
  readonly runs: number;
  /** What Etude would say to whoever asks for it. */
  readonly note: string;
}

/** The schedule that ends lowest under a law fitted to constant, cosine and two-step runs at `rate`, means over seeds. */
export function lawSchedule(problem: Problem, rate: number, seeds: readonly number[]): Derived {
  const shapes = {
    constant: { kind: "constant", rate },
    cosine: { kind: "cosine", rate },
    "two-step": { kind: "multistep", rate, milestones: [Math.round(0.6 * problem.steps)], factor: 0.1 },
  };
  const runs = Object.entries(shapes).map(([name, spec]) => {
    const outcomes = seeds.map((seed) => train(problem, { schedule: ScheduleSpec.parse(spec), seed }));
    const at = steps(outcomes[0]!.rates.length);
    const curveOf = (losses: Float64Array): LossCurve =>
      recordedCurve(name, { step: at, value: outcomes[0]!.rates }, { step: at, value: losses });
    return {
      mean: curveOf(meanOf(outcomes.map(({ trainLosses }) => trainLosses))),
      each: outcomes.map(({ trainLosses }) => curveOf(trainLosses)),
    };
  });
  const { law, report } = reportLaw(
    runs.map(({ mean }) => mean),
    [],
  );
  const reliance = relianceOf(
    report,
    runs.flatMap(({ each }) => each),
  );
  const { schedule, predictedLoss } = optimiseSchedule(law, {
    steps: problem.steps,
    warmupSteps: 0,
    rates: { lowest: 0, highest: rate },
  });
  const refused = doubtOf(reliance) !== undefined || predictedLoss.value <= 0;
  const percent = (value: number): string => `${(100 * value).toPrecision(2)} %`;
  return {
    schedule: ScheduleSpec.parse(schedule),
    runs: 3 * seeds.length,
    note: `law errs by ${percent(reliance.error)} on its own curves, seeds spread by ${percent(reliance.spread.value)}, predicts ${predictedLoss.value.toPrecision(3)}${refused ? "; Etude refuses to advise from it" : ""}`,
  };
}

/** The schedule that the gradient norms of linear runs at `rate` suggest, means over seeds. */
export function refinedSchedule(problem: Problem, rate: number, seeds: readonly number[]): Derived {
  const norms = seeds.map((seed) => {
    const found = new Float64Array(problem.steps);
    const recorded = withNorms(problem, (step, norm) => (found[step] = norm));
    train(recorded, { schedule: ScheduleSpec.parse({ kind: "linear", rate }), seed });
    return found;
  });
  const value = meanOf(norms);
  const update = problem.optimizer.kind.startsWith("adam") ? "adam" : "sgd";
  const schedule = refineSchedule({ step: steps(problem.steps), value }, { peak: rate, steps: problem.steps, update });
  const ratio = value.at(-1)! / value[0]!;
  return {
    schedule: ScheduleSpec.parse(schedule),
    runs: seeds.length,
    note: `norms end at ${ratio.toPrecision(2)} of their start, weighed as for ${update}`,
  };
}

/** The problem, telling the norm of every gradient of an update. */
const withNorms = (problem: Problem, tell: (step: number, norm: number) => void): Problem => ({
  ...problem,
  start: (seed) => {
    const instance = problem.start(seed);
    return {
      ...instance,
      loss: (step, gradients) => {
        const loss = instance.loss(step, gradients);
        if (gradients) tell(step, Math.sqrt(gradients.reduce((sum, one) => one.reduce((a, g) => a + g * g, sum), 0)));
        return loss;
      },
    };
  },
});
