/** Deep policies and their rivals on one task, from five starting rates. */
import { OptimizerSpec, randomStream, type ScheduleInput, ScheduleSpec } from "@etude/catalog";
import { type Problem, train } from "@etude/learning";

export const factors = [0.01, 0.1, 1, 3, 10] as const;

/** Vision and text tasks of the suite; the slow ones run with one seed. */
const ids = [
  "softmax-digits",
  "mlp-digits-momentum",
  "mlp-digits-adam",
  "mlp-digits-label-noise",
  "mlp-digits-deep",
  "autoencoder-digits",
  "cnn-digits",
  "speeches-pool",
  "char-window",
  "char-transformer",
];
const slow: ReadonlySet<string> = new Set([
  "mlp-digits-deep",
  "autoencoder-digits",
  "cnn-digits",
  "speeches-pool",
  "char-transformer",
]);

export const deepTasks = (problems: readonly Problem[]): Problem[] => problems.filter(({ id }) => ids.includes(id));

/** Methods that start from a rate. */
export const fromRate: Readonly<Record<string, (rate: number) => ScheduleInput>> = {
  learned: (rate) => ({ kind: "learned", rate }),
  constant: (rate) => ({ kind: "constant", rate }),
  cosine: (rate) => ({ kind: "cosine", rate }),
  wsd: (rate) => ({ kind: "wsd", rate, tail: { fraction: 0.2 } }),
  greedy: (rate) => ({ kind: "greedy", rate }),
  "greedy, fast": (rate) => ({ kind: "greedy", rate, factor: 0.8, patience: 1, window: 10, maxRate: { ofStart: 1e4 } }),
  hypergradient: (rate) => ({ kind: "hypergradient", rate, form: "multiplicative" }),
  "line search": (rate) => ({ kind: "line-search", rate }),
};
export const fixed: readonly string[] = ["constant", "cosine", "wsd"];
/** Methods that know no rate. */
const rateFree = ["prodigy", "dog"] as const;

export interface Ending {
  /** Medians over seeds. */
  readonly trainLoss: number;
  readonly validationLoss: number;
  readonly accuracy: number | null;
  readonly diverged: number;
}

export interface DeepComparison {
  readonly id: string;
  readonly domain: string;
  readonly tunedRate: number;
  /** Cosine at its tuned rate. */
  readonly tuned: Ending;
  /** By method, one ending a factor. */
  readonly from: Readonly<Record<string, readonly Ending[]>>;
  readonly rateFree: Readonly<Record<string, Ending>>;
  /** Cosine at the best of ten random rates, from a decade above to three below 1 or, for Adam, below 0.1. */
  readonly searched: Ending;
  readonly seconds: number;
}

const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!;

function endingOf(problem: Problem, input: ScheduleInput, seeds: readonly number[], optimizer?: OptimizerSpec): Ending {
  const schedule = ScheduleSpec.parse(input);
  const runs = seeds.map((seed) => train(problem, { schedule, seed, ...(optimizer && { optimizer }) }));
  const accuracies = runs.flatMap(({ accuracy }) => accuracy ?? []);
  return {
    trainLoss: middle(runs.map(({ finalTrainLoss }) => finalTrainLoss)),
    validationLoss: middle(runs.map(({ finalValidationLoss = Number.NaN }) => finalValidationLoss)),
    accuracy: accuracies.length > 0 ? middle(accuracies) : null,
    diverged: runs.filter(({ diverged }) => diverged).length,
  };
}

/** Returns the best rate of cosine among these, by the median loss over the seeds. */
function bestRate(problem: Problem, rates: readonly number[], seeds: readonly number[]): number {
  const losses = rates.map((rate) => endingOf(problem, { kind: "cosine", rate }, seeds).trainLoss);
  return rates[losses.indexOf(Math.min(...losses))]!;
}

/** Runs everything on the task. Rates are tuned on seeds 0 and 1 and judged on others. */
export function compareDeep(problem: Problem): DeepComparison {
  const started = performance.now();
  const few = slow.has(problem.id);
  const [tuning, judging] = few
    ? [[0], [100, 101]]
    : [
        [0, 1],
        [100, 101, 102],
      ];
  const adaptive = problem.optimizer.kind.startsWith("adam");
  const top = adaptive ? -0.5 : 1;
  const grid = Array.from({ length: few ? 7 : 13 }, (_, at) => 10 ** (top - at / (few ? 2 : 4)));
  const tunedRate = bestRate(problem, grid, tuning);
  const random = randomStream(0, `random-search/${problem.id}`);
  const drawn = Array.from({ length: 10 }, () => 10 ** (top - 4 * random.uniform()));
  const from = Object.entries(fromRate).map(([name, make]) => {
    // A line search needs a direction along which the loss falls: it runs on plain gradient descent.
    const optimizer = name === "line search" ? OptimizerSpec.parse({ kind: "sgd" }) : undefined;
    return [name, factors.map((factor) => endingOf(problem, make(factor * tunedRate), judging, optimizer))] as const;
  });
  const own = rateFree.map((kind) => {
    return [kind, endingOf(problem, { kind: "constant", rate: 1 }, judging, OptimizerSpec.parse({ kind }))] as const;
  });
  return {
    id: problem.id,
    domain: problem.domain,
    tunedRate,
    tuned: endingOf(problem, { kind: "cosine", rate: tunedRate }, judging),
    from: Object.fromEntries(from),
    rateFree: Object.fromEntries(own),
    searched: endingOf(problem, { kind: "cosine", rate: bestRate(problem, drawn, [0]) }, judging),
    seconds: (performance.now() - started) / 1000,
  };
}
