import { LawError } from "./law-error.ts";

/** Values at steps, as two columns of one length. */
export interface Column {
  readonly step: ArrayLike<number>;
  readonly value: ArrayLike<number>;
}

/** A recorded training: the rate it used and the loss it reached. */
export interface LossCurve {
  readonly name: string;
  /** Knots of the rate, linear in between; from the last one on the rate stays. */
  readonly rate: Column;
  /** Rows of the loss to fit and to judge by. */
  readonly loss: Column;
}

/**
 * What the rate did before its first knot: `linear` rose from 0 at step 0; `constant` was there from step 0; a number of
 * steps rose that long and then stayed; `fit` finds that number together with the law.
 */
export type Warmup = "linear" | "constant" | "fit" | number;

/** Rows that a curve must have: fewer say nothing of its shape. */
export const minRows = 8;

/** Throws LawError invalid-curve that names the curve and the row (the first is 1) unless a law can read it. */
export function checkCurve({ name, rate, loss }: LossCurve): void {
  const refuse = (message: string): never => {
    throw new LawError("invalid-curve", `${name}: ${message}`);
  };
  if (loss.step.length < minRows) refuse(`has ${loss.step.length} rows; a law needs at least ${minRows}`);
  for (const [what, column, least] of [
    ["lr", rate, "0"],
    ["loss", loss, "above 0"],
  ] as const) {
    for (let i = 0; i < column.step.length; i++) {
      const [step, value, before] = [column.step[i]!, column.value[i]!, column.step[i - 1] ?? -1];
      if (!Number.isFinite(step) || step < 0) refuse(`row ${i + 1}: step must be a number from 0; got ${step}`);
      if (step <= before) refuse(`row ${i + 1}: steps must increase; got ${step} after ${before}`);
      if (!Number.isFinite(value) || value < 0 || (what === "loss" && value === 0)) {
        refuse(`row ${i + 1}: ${what} must be a number ${what === "lr" ? `from ${least}` : least}; got ${value}`);
      }
    }
  }
  if (!Array.from(rate.value).some((value) => value > 0)) refuse("lr is 0 in every row");
}

/** Steps of the rise that is assumed before the first knot. */
export const assumedWarmup = ({ rate }: LossCurve, warmup: Exclude<Warmup, "fit">): number =>
  warmup === "linear" ? rate.step[0]! : warmup === "constant" ? 0 : Math.min(warmup, rate.step[0]!);

/** The step at which the warmup is over: the end of the rise that the curve begins with, else its first knot. */
export function warmupEnd({ rate }: LossCurve): number {
  let i = 0;
  while (i + 1 < rate.value.length && rate.value[i + 1]! > rate.value[i]!) i++;
  return rate.step[i]!;
}
