import { LawError } from "./law-error.ts";
import type { Column, LossCurve } from "./loss-curve.ts";

/** A recorded loss is averaged over stretches of so many steps or more, in rows from the least to the most. */
export const stretch = { steps: 16, leastRows: 32, mostRows: 200 };
/** Knots that a rate keeps at most. */
const maxKnots = 1000;
/** The start of a training falls faster than any power of the area: this share of the steps is left out. */
const skippedShare = 0.02;

/**
 * Returns the curve of a run that recorded the loss of every batch: the mean loss of equal stretches of steps, at their
 * mean step, without the first 2 %, so that the noise of batches does not hide the curve, and the corners of the rate. Throws LawError invalid-curve where a value is not finite.
 */
export function recordedCurve(name: string, rate: Column, loss: Column): LossCurve {
  const broken = Array.from(loss.value).findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    const where = `at step ${loss.step[broken]} the loss is ${loss.value[broken]}`;
    throw new LawError("invalid-curve", `${name}: ${where}: a law is for runs that did not diverge`);
  }
  return { name, rate: corners(rate), loss: stretches(loss) };
}

function stretches({ step, value }: Column): { step: number[]; value: number[] } {
  const last = step[step.length - 1] ?? 0;
  const first = skippedShare * last;
  const { leastRows, mostRows } = stretch;
  const rows = Math.min(mostRows, Math.max(leastRows, Math.floor((last - first) / stretch.steps)));
  const length = (last - first) / rows;
  const sums = new Map<number, { steps: number; values: number; count: number }>();
  for (let i = 0; i < step.length; i++) {
    if (step[i]! < first) continue;
    const key = Math.min(rows - 1, Math.floor((step[i]! - first) / length));
    const sum = sums.get(key) ?? { steps: 0, values: 0, count: 0 };
    sum.steps += step[i]!;
    sum.values += value[i]!;
    sum.count++;
    sums.set(key, sum);
  }
  const means = [...sums.values()];
  return {
    step: means.map(({ steps, count }) => steps / count),
    value: means.map(({ values, count }) => values / count),
  };
}

/** Leaves out what lies on the line between its neighbours, then every k-th knot where too many are left. */
function corners({ step, value }: Column): { step: number[]; value: number[] } {
  const steps = Array.from(step);
  const values = Array.from(value);
  const tolerance = 1e-9 * values.reduce((a, b) => Math.max(a, b), 0);
  const kept = [...steps.keys()].filter((i) => {
    if (i === 0 || i === steps.length - 1) return true;
    const share = (steps[i]! - steps[i - 1]!) / (steps[i + 1]! - steps[i - 1]!);
    const line = values[i - 1]! + share * (values[i + 1]! - values[i - 1]!);
    return Math.abs(values[i]! - line) > tolerance;
  });
  const every = Math.ceil(kept.length / maxKnots);
  const knots = kept.filter((_, i) => i % every === 0 || i === kept.length - 1);
  return { step: knots.map((i) => steps[i]!), value: knots.map((i) => values[i]!) };
}
