import { LawError } from "./law-error.ts";
import { checkCurve, type LossCurve, minRows, warmupEnd } from "./loss-curve.ts";

/** A run decays when its rate falls by this share of its peak after the warmup … */
const leastFall = 0.2;
/** … and this many rows show what that does. */
const rowsAfterFall = 4;

/** Throws LawError unless there are two curves of different schedules at least and the rate decays in one. */
export function checkIdentifiable(curves: readonly LossCurve[]): void {
  for (const curve of curves) {
    checkCurve(curve);
    const left = Array.from(curve.loss.step).filter((step) => step >= warmupEnd(curve)).length;
    if (left >= minRows) continue;
    throw new LawError(
      "invalid-curve",
      `${curve.name}: has ${left} rows after its warmup; a law needs at least ${minRows}`,
    );
  }
  if (curves.length < 2) {
    throw new LawError(
      "too-few-curves",
      `A law needs two or more curves with different schedules; got ${curves.length === 1 ? `one: ${curves[0]!.name}` : "none"}`,
    );
  }
  const named = curves.map(({ name }) => name).join(", ");
  if (!curves.some(decays)) {
    throw new LawError(
      "not-identified",
      `No run decays: in none of ${named} does the rate fall by 20 % of its peak after the warmup with ${rowsAfterFall} rows of the loss to follow, so nothing tells what a decay does (B, C, β, γ)`,
    );
  }
  if (curves.every((curve) => sameSchedule(curve, curves[0]!))) {
    throw new LawError(
      "not-identified",
      `All of ${named} follow one schedule: what a decay does cannot be told from what time does; add a run with another`,
    );
  }
}

function decays(curve: LossCurve): boolean {
  const { step, value } = curve.rate;
  const end = warmupEnd(curve);
  let peak = 0;
  for (let i = 0; i < step.length; i++) {
    if (step[i]! < end) continue;
    peak = Math.max(peak, value[i]!);
    if (value[i]! > (1 - leastFall) * peak) continue;
    return Array.from(curve.loss.step).filter((at) => at >= step[i]!).length >= rowsAfterFall;
  }
  return false;
}

/** Whether the rates of two curves agree over their whole, equal length. */
export function sameSchedule({ rate: a }: LossCurve, { rate: b }: LossCurve): boolean {
  const close = (x: number, y: number): boolean => Math.abs(x - y) <= 1e-6 * Math.max(Math.abs(x), Math.abs(y));
  return (
    a.step.length === b.step.length &&
    Array.from(a.step).every((step, i) => close(step, b.step[i]!) && close(a.value[i]!, b.value[i]!))
  );
}
