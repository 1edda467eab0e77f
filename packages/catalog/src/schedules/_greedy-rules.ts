/** The three published readings of GreedyLR as steps on one state. Each step works on its own copy of the state. */
import { isBetter, type Pending, type ThresholdMode } from "./_metric.ts";

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
  readonly window: readonly number[];
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

function raise(rule: GreedyRule, next: Draft): void {
  next.rates = next.rates.map((rate, group) => {
    const higher = Math.min(rate / rule.factor, rule.max[group]!);
    return higher - rate > rule.eps ? higher : rate;
  });
}

function lower(rule: GreedyRule, next: Draft): void {
  next.rates = next.rates.map((rate, group) => {
    const lower = Math.max(rate * rule.factor, rule.min[group]!);
    return rate - lower > rule.eps ? lower : rate;
  });
}

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
    const atFloor = next.rates.every((rate, group) => rate <= rule.min[group]!);
    if (atFloor && next.reset !== null && --next.reset <= 0) {
      forget(rule, next);
      next.rates = rule.starts;
      next.window = [];
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

const steps = { hf, paper, blog };
export type GreedyVariant = keyof typeof steps;

/** A leaving value this much larger than what remains has wiped the digits of a running sum. */
const wiped = 1e8;

/** Puts the value into the window and returns the mean of it. */
function smooth(rule: GreedyRule, next: Draft, value: number): number {
  const { window } = next;
  const full = window.length >= rule.window;
  const moved = full ? window.slice(1) : window.slice();
  moved.push(value);
  next.window = moved;
  next.sum += value;
  if (full) {
    const leaving = window[0]!;
    next.sum -= leaving;
    if (Math.abs(leaving) >= wiped * Math.abs(next.sum)) next.sum = moved.reduce((total, one) => total + one, 0);
  }
  return next.sum / moved.length;
}

/**
 * Returns the state after one observation, with the rates that were applied and what is pending. NaN is one bad
 * observation and stays out of the window.
 */
export function greedyStep(
  variant: GreedyVariant,
  rule: GreedyRule,
  state: GreedyState,
  rates: readonly number[],
  pending: Pending,
  value: number,
): GreedyState {
  const next: Draft = { ...state, rates, pending };
  const mean = rule.window === 1 || !Number.isFinite(value) ? value : smooth(rule, next, value);
  steps[variant](rule, next, mean);
  return next;
}

/** Returns the state of a run's start. */
export const greedyStart = (rule: GreedyRule, pending: Pending): GreedyState => ({
  rates: rule.starts,
  best: null,
  good: 0,
  bad: 0,
  cooldown: 0,
  warmup: 0,
  reset: rule.reset,
  window: [],
  sum: 0,
  pending,
});
