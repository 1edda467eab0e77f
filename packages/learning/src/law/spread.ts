import { mean } from "./accuracy.ts";
import { sameSchedule } from "./identifiable.ts";
import type { LossCurve } from "./loss-curve.ts";

/** How far apart equal trainings end, as a fraction of the loss. */
export interface Spread {
  readonly value: number;
  /**
   * `seeds`: measured between curves of one schedule: largest minus smallest mean log loss of their last 20 %.
   * `detrended`: estimated from curves of one seed each: twice the largest minus the smallest residual of the last 20 % of
   * log loss around a parabola. Twice, because what sets a seed apart for good does not show within a run: on the published
   * curves two seeds of one schedule lie about twice as far apart as the noise of each. Curves whose rate moves by more
   * than 20 % of its peak there are left out where there are others. The widest group or curve counts.
   */
  readonly basis: "seeds" | "detrended";
}

const lastShare = 0.2;
const calmShare = 0.2;

/** Returns the spread of seeds that curves show. */
export function spreadOf(curves: readonly LossCurve[]): Spread {
  const groups: LossCurve[][] = [];
  for (const curve of curves) {
    const group = groups.find(([first]) => sameSchedule(first!, curve));
    if (group) group.push(curve);
    else groups.push([curve]);
  }
  const repeated = groups.filter((group) => new Set(group.map(({ loss }) => Array.from(loss.value).join())).size > 1);
  if (repeated.length > 0) {
    const widths = repeated.map((group) => range(group.map((curve) => mean(tailOf(curve).value))));
    return { value: Math.max(...widths), basis: "seeds" };
  }
  const calm = curves.filter(isCalm);
  const widths = (calm.length > 0 ? calm : curves).map((curve) => 2 * range(detrended(tailOf(curve))));
  return { value: Math.max(...widths), basis: "detrended" };
}

interface Tail {
  readonly step: number[];
  readonly value: number[];
}

function tailOf({ loss }: LossCurve): Tail {
  const from = Math.floor(loss.step.length * (1 - lastShare));
  return { step: Array.from(loss.step).slice(from), value: Array.from(loss.value, Math.log).slice(from) };
}

function isCalm({ rate, loss }: LossCurve): boolean {
  const from = loss.step[Math.floor(loss.step.length * (1 - lastShare))]!;
  const values = Array.from(rate.value);
  const late = values.filter((_, i) => rate.step[i]! >= from);
  return range(late.length > 0 ? late : values.slice(-1)) <= calmShare * values.reduce((a, b) => Math.max(a, b));
}

/** Residuals around the least-squares parabola, by Gram-Schmidt on 1, t, t². */
function detrended({ step, value }: Tail): number[] {
  const basis: number[][] = [];
  let residual = value;
  for (const power of [0, 1, 2]) {
    const raw = step.map((at) => ((at - step[0]!) / (step.at(-1)! - step[0]! || 1)) ** power);
    const own = basis.reduce((left, other) => without(left, other), raw);
    basis.push(own);
    residual = without(residual, own);
  }
  return residual;
}

function without(values: readonly number[], direction: readonly number[]): number[] {
  const square = direction.reduce((sum, one) => sum + one * one, 0);
  const share = square < 1e-12 ? 0 : values.reduce((sum, one, i) => sum + one * direction[i]!, 0) / square;
  return values.map((one, i) => one - share * direction[i]!);
}

const range = (values: readonly number[]): number =>
  values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
