/** The three published readings of GreedyLR as steps on one state. Each step works on its own copy of the state. */
import { isBetter, nothingPending, type Pending, type ThresholdMode } from "./_metric.ts";

export type GreedyState = {
  readonly rates: readonly number[];
  /** null: nothing seen yet. */
  readonly best: number | null;
  readonly good: number;
  readonly bad: number;
  /** Observations left of the window after a decrease, and after an increase. */
  readonly cooldown: number;
  readonly warmup: number;
  /** Budget until a reset; null: never. */
  readonly reset: number | null;
  /** The values in the window; once it is full, the next one takes the place of the oldest, which is at `oldest`. */
  readonly window: readonly number[];
  readonly oldest: number;
  /** Of the window. */
  readonly sum: number;
  readonly pending: Pending;
};

export interface GreedyRule {
  readonly starts: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly mode: "min" | "max";
  readonly factor: number;
  readonly patience: number;
  readonly threshold: number;
  readonly thresholdMode: ThresholdMode;
  readonly cooldown: number;
  readonly warmup: number;
  readonly eps: number;
  readonly window: number;
  readonly reset: number | null;
}

type Draft = { -readonly [Field in keyof GreedyState]: GreedyState[Field] };
type Step = (rule: GreedyRule, next: Draft, value: number) => void;

/** Returns the rates after a change; a single one, the usual case, without the cost of map. */
const changed = (rates: readonly number[], change: (rate: number, group: number) => number): readonly number[] =>
  rates.length === 1 ? [change(rates[0]!, 0)] : rates.map(change);

function raise(rule: GreedyRule, next: Draft): void {
  next.rates = changed(next.rates, (rate, group) => {
    const higher = Math.min(rate / rule.factor, rule.max[group]!);
    return higher - rate > rule.eps ? higher : rate;
  });
}

function lower(rule: GreedyRule, next: Draft): void {
  next.rates = changed(next.rates, (rate, group) => {
    const lower = Math.max(rate * rule.factor, rule.min[group]!);
    return rate - lower > rule.eps ? lower : rate;
  });
}

const atFloor = (rule: GreedyRule, next: Draft): boolean => next.rates.every((rate, group) => rate <= rule.min[group]!);

/** Counts the value: best, good and bad. */
function count(rule: GreedyRule, next: Draft, value: number): void {
  if (isBetter(value, next.best, rule.mode, rule.threshold, rule.thresholdMode)) {
    next.best = value;
    next.good++;
    next.bad = 0;
  } else {
    next.good = 0;
    next.bad++;
  }
}

/** Forgets what was seen. */
function forget(rule: GreedyRule, next: Draft): void {
  next.best = null;
  next.good = 0;
  next.bad = 0;
  next.cooldown = 0;
  next.warmup = 0;
  next.reset = rule.reset;
}

/** Hugging Face as merged (pull request 44271): inside a window nothing is counted and best is frozen. */
const hf: Step = (rule, next, value) => {
  if (next.cooldown > 0 || next.warmup > 0) {
    if (next.cooldown > 0) next.cooldown--;
    else next.warmup--;
    next.good = 0;
    next.bad = 0;
    return;
  }
  count(rule, next, value);
  if (next.good > rule.patience) {
    raise(rule, next);
    next.reset = rule.reset;
    next.warmup = rule.warmup;
    next.good = 0;
  } else if (next.bad > rule.patience) {
    lower(rule, next);
    if (next.reset !== null && atFloor(rule, next) && --next.reset <= 0) {
      forget(rule, next);
      next.rates = rule.starts;
      next.window = [];
      next.oldest = 0;
      next.sum = 0;
    }
    next.cooldown = rule.cooldown;
    next.bad = 0;
  }
};

/** arXiv:2512.14527, Algorithms 2 and 3: a window silences one counter only; a reset keeps the rate. */
const paper: Step = (rule, next, value) => {
  count(rule, next, value);
  if (next.cooldown > 0) {
    next.cooldown--;
    next.bad = 0;
  }
  if (next.warmup > 0) {
    next.warmup--;
    next.good = 0;
  }
  if (next.bad > rule.patience) {
    lower(rule, next);
    next.cooldown = rule.cooldown;
    next.bad = 0;
  }
  if (next.good > rule.patience) {
    raise(rule, next);
    next.warmup = rule.warmup;
    next.good = 0;
  }
  if (next.reset === 0) forget(rule, next);
  if (next.reset !== null && next.rates.every((rate) => rate === next.rates[0])) next.reset--;
};

/** The blog's wording: after a change, keep changing the same way for the whole window, whatever the metric says. */
const blog: Step = (rule, next, value) => {
  count(rule, next, value);
  if (next.warmup > 0 || next.cooldown > 0) {
    if (next.warmup > 0) {
      raise(rule, next);
      next.warmup--;
    } else {
      lower(rule, next);
      next.cooldown--;
    }
    next.good = 0;
    next.bad = 0;
  } else if (next.good > rule.patience) {
    raise(rule, next);
    next.warmup = rule.warmup;
    next.good = 0;
  } else if (next.bad > rule.patience) {
    lower(rule, next);
    next.cooldown = rule.cooldown;
    next.bad = 0;
  }
};

export const greedyVariants = { hf, paper, blog };

/** A leaving value this much larger than what remains has wiped the digits of a running sum. */
const wiped = 1e8;

/**
 * Returns the state after one observation, with the rates that were applied. NaN is one bad observation and stays out of
 * the window.
 */
export function greedyStep(
  step: Step,
  rule: GreedyRule,
  state: GreedyState,
  rates: readonly number[],
  value: number,
): GreedyState {
  const { best, good, bad, cooldown, warmup, reset } = state;
  let { window, oldest, sum } = state;
  let mean = value;
  if (rule.window > 1 && Number.isFinite(value)) {
    const moved = window.slice();
    sum += value;
    if (moved.length < rule.window) {
      moved.push(value);
    } else {
      const leaving = moved[oldest]!;
      moved[oldest] = value;
      oldest = oldest + 1 === rule.window ? 0 : oldest + 1;
      sum -= leaving;
      if (Math.abs(leaving) >= wiped * Math.abs(sum)) sum = moved.reduce((total, one) => total + one, 0);
    }
    window = moved;
    mean = sum / moved.length;
  }
  // Field by field, because V8 spreads an object of this size many times slower.
  const next = { rates, best, good, bad, cooldown, warmup, reset, window, oldest, sum, pending: nothingPending };
  step(rule, next, mean);
  return next;
}

/** Returns the state of a run's start. */
export const greedyStart = (rule: GreedyRule): GreedyState => ({
  rates: rule.starts,
  best: null,
  good: 0,
  bad: 0,
  cooldown: 0,
  warmup: 0,
  reset: rule.reset,
  window: [],
  oldest: 0,
  sum: 0,
  pending: nothingPending,
});
