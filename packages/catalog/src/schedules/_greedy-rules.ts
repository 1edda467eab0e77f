/** The three published readings of GreedyLR as pure steps on one state. */
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

type Step = (rule: GreedyRule, state: GreedyState, value: number) => GreedyState;

const raised = (rule: GreedyRule, rates: readonly number[]): readonly number[] =>
  rates.map((rate, group) => {
    const next = Math.min(rate / rule.factor, rule.max[group]!);
    return next - rate > rule.eps ? next : rate;
  });

const lowered = (rule: GreedyRule, rates: readonly number[]): readonly number[] =>
  rates.map((rate, group) => {
    const next = Math.max(rate * rule.factor, rule.min[group]!);
    return rate - next > rule.eps ? next : rate;
  });

const better = (rule: GreedyRule, state: GreedyState, value: number): boolean =>
  isBetter(value, state.best, rule.mode, rule.threshold, rule.thresholdMode);

/** Returns the state with the value counted: best, good and bad. */
const counted = (rule: GreedyRule, state: GreedyState, value: number): GreedyState =>
  better(rule, state, value)
    ? { ...state, best: value, good: state.good + 1, bad: 0 }
    : { ...state, good: 0, bad: state.bad + 1 };

/** Hugging Face as merged (pull request 44271): inside a window nothing is counted and best is frozen. */
const hf: Step = (rule, state, value) => {
  if (state.cooldown > 0) return { ...state, cooldown: state.cooldown - 1, good: 0, bad: 0 };
  if (state.warmup > 0) return { ...state, warmup: state.warmup - 1, good: 0, bad: 0 };
  const next = counted(rule, state, value);
  if (next.good > rule.patience) {
    return { ...next, rates: raised(rule, next.rates), reset: rule.reset, warmup: rule.warmup, good: 0 };
  }
  if (next.bad <= rule.patience) return next;
  const rates = lowered(rule, next.rates);
  const atFloor = rates.every((rate, group) => rate <= rule.min[group]!);
  const reset = atFloor && next.reset !== null ? next.reset - 1 : next.reset;
  if (reset !== null && reset <= 0) {
    return {
      ...next,
      rates: rule.starts,
      best: null,
      good: 0,
      bad: 0,
      warmup: 0,
      reset: rule.reset,
      window: [],
      sum: 0,
      cooldown: rule.cooldown,
    };
  }
  return { ...next, rates, reset, cooldown: rule.cooldown, bad: 0 };
};

/** arXiv:2512.14527, Algorithms 2 and 3: a window silences one counter only; a reset keeps the rate. */
const paper: Step = (rule, state, value) => {
  let next = counted(rule, state, value);
  if (next.cooldown > 0) next = { ...next, cooldown: next.cooldown - 1, bad: 0 };
  if (next.warmup > 0) next = { ...next, warmup: next.warmup - 1, good: 0 };
  if (next.bad > rule.patience) {
    next = { ...next, rates: lowered(rule, next.rates), cooldown: rule.cooldown, bad: 0 };
  }
  if (next.good > rule.patience) {
    next = { ...next, rates: raised(rule, next.rates), warmup: rule.warmup, good: 0 };
  }
  if (next.reset === 0) next = { ...next, best: null, good: 0, bad: 0, cooldown: 0, warmup: 0, reset: rule.reset };
  const together = next.rates.every((rate) => rate === next.rates[0]);
  return together && next.reset !== null ? { ...next, reset: next.reset - 1 } : next;
};

/** The blog's wording: after a change, keep changing the same way for the whole window, whatever the metric says. */
const blog: Step = (rule, state, value) => {
  const next = better(rule, state, value) ? { ...state, best: value } : state;
  if (state.warmup > 0) {
    return { ...next, rates: raised(rule, state.rates), warmup: state.warmup - 1, good: 0, bad: 0 };
  }
  if (state.cooldown > 0) {
    return { ...next, rates: lowered(rule, state.rates), cooldown: state.cooldown - 1, good: 0, bad: 0 };
  }
  const seen = counted(rule, state, value);
  if (seen.good > rule.patience) {
    return { ...seen, rates: raised(rule, seen.rates), warmup: rule.warmup, good: 0 };
  }
  if (seen.bad > rule.patience) {
    return { ...seen, rates: lowered(rule, seen.rates), cooldown: rule.cooldown, bad: 0 };
  }
  return seen;
};

const steps = { hf, paper, blog };
export type GreedyVariant = keyof typeof steps;

/** A leaving value this much larger than what remains has wiped the digits of a running sum. */
const wiped = 1e8;

/** Returns the state with the value in its window. */
function smoothed(rule: GreedyRule, state: GreedyState, value: number): GreedyState {
  const window = [...state.window, value];
  let sum = state.sum + value;
  if (window.length > rule.window) {
    const leaving = window.shift()!;
    sum -= leaving;
    if (!(Math.abs(leaving) < wiped * Math.abs(sum))) sum = window.reduce((total, one) => total + one, 0);
  }
  return { ...state, window, sum };
}

/** Returns the state after one observation; NaN is one bad observation and stays out of the window. */
export function greedyStep(variant: GreedyVariant, rule: GreedyRule, state: GreedyState, value: number): GreedyState {
  if (rule.window === 1 || !Number.isFinite(value)) return steps[variant](rule, state, value);
  const next = smoothed(rule, state, value);
  return steps[variant](rule, next, next.sum / next.window.length);
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
