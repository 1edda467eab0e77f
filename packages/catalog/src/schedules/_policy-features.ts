/** What a policy sees: numbers without a unit, so that what it has learned on one problem means the same on another. */

/** What a policy knows about the blocks of steps behind it. Losses are in multiples of the first one. */
export type PolicyPast = {
  /** Level of the loss in the last blocks, the newest last; see `lossLevel`. */
  readonly levels: readonly number[];
  readonly best: number;
  /** Level of the first block. */
  readonly first: number;
  /** Of the last block: mean, variance of the mean, and standard deviation of one step's loss. */
  readonly mean: number;
  readonly meanVariance: number;
  readonly deviation: number;
  /** Last change of the mean over its standard error. */
  readonly significance: number;
  /** Mean cosine of gradient and previous displacement in the last block. */
  readonly agreement: number;
  /** Sum over the last block of what a longer step would have taken off the loss, rate · ⟨g, d⟩; 0 where not measured. */
  readonly promise: number;
  /** Mean log of the gradient's norm in the first block, the one before the last, and the last. */
  readonly gradientLevels: readonly [number, number, number];
  /** Log of the last factor. */
  readonly lastAction: number;
};

/**
 * Returns the log of a mean loss whose standard error is known: ln((m + √(m² + 4s²)) / 2). It is ln m where the loss
 * stands clear of its noise, and goes down to ln s, smoothly, where noise makes it 0 or negative.
 */
export const lossLevel = (mean: number, error: number): number =>
  Math.log(Math.max(smallestLoss, 0.5 * (mean + Math.hypot(mean, 2 * error))));
const smallestLoss = 1e-30;

const clip = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
/** Keeps differences of a thousandth apart, and of ten within reach. */
const squash = (value: number): number => Math.asinh(value / 0.02) / 4;
const change = ({ levels }: PolicyPast, blocks: number): number =>
  levels.at(-1)! - (levels.at(-1 - blocks) ?? levels[0]!);

interface Place {
  /** Decisions made over decisions in the run, 0 to 1. */
  readonly progress: number;
  /** Log of the rate over its unit: the starting rate, or the stability bound. */
  readonly level: number;
}

/** Every feature by name. */
export const policyFeatures: Readonly<Record<string, (past: PolicyPast, place: Place) => number>> = {
  "change-1": (past) => squash(clip(change(past, 1), -3, 3)),
  "change-2": (past) => squash(clip(change(past, 2), -3, 3)),
  "change-5": (past) => squash(clip(change(past, 5), -5, 5)),
  "above-best": ({ levels, best }) => squash(clip(levels.at(-1)! - best, 0, 5)),
  significance: ({ significance }) => clip(significance, -6, 6) / 3,
  spread: ({ deviation, levels }) => squash(clip(deviation / Math.exp(levels.at(-1)!), 0, 3)),
  drop: ({ levels, first }) => clip(levels.at(-1)! - first, -20, 3) / 5,
  level: (_, { level }) => clip(level / Math.LN10, -4, 4) / 2,
  "last-action": ({ lastAction }) => lastAction,
  progress: (_, { progress }) => 2 * progress - 1,
  agreement: ({ agreement }) => clip(2 * agreement, -2, 2),
  /** Part of the loss that longer steps promise to take off it in a block: minus the hypergradient by the log rate. */
  promise: ({ promise, levels }) => squash(clip(promise / Math.exp(levels.at(-1)!), -3, 3)),
  "gradient-change": ({ gradientLevels: [, before, now] }) => clip(now - before, -2, 2),
  "gradient-growth": ({ gradientLevels: [first, , now] }) => clip(now - first, -6, 6) / 3,
};

/** Features that need gradients beside the loss. */
export const gradientFeatures: ReadonlySet<string> = new Set([
  "agreement",
  "promise",
  "gradient-change",
  "gradient-growth",
]);
