import type { FittedLaw } from "./fit-law.ts";
import { LawError } from "./law-error.ts";
import type { LawReport } from "./law-report.ts";
import { assumedWarmup, type LossCurve, warmupEnd } from "./loss-curve.ts";
import { type OptimisedSchedule, type OptimiseOptions, optimiseSchedule, rateRange } from "./optimise-schedule.ts";
import { type Spread, spreadOf } from "./spread.ts";

/** How far the law that gives advice can be relied on. */
export interface Reliance {
  /** Mean relative error on held-out curves, or on the fitted ones where there are none. */
  readonly error: number;
  readonly on: "test" | "train";
  /** The same of the law that does not know of the rate. */
  readonly control: number;
  readonly spread: Spread;
}

export type Advice = OptimisedSchedule & { readonly reliance: Reliance };

/** Returns how the law's error compares with the spread of seeds and with its control. */
export function relianceOf(report: LawReport, curves: readonly LossCurve[]): Reliance {
  const { train, test, control } = report;
  return {
    error: (test ?? train).meanRelativeError,
    on: test ? "test" : "train",
    control: (control.test ?? control.train).meanRelativeError,
    spread: spreadOf(curves),
  };
}

/** Says in words why a law is not to be relied on: worse than the spread of seeds, or no better than its control. */
export function doubtOf({ error, on, control, spread }: Reliance): string | undefined {
  if (error <= spread.value && error < control) return undefined;
  const share = (value: number): string => `${(100 * value).toPrecision(2)} %`;
  const basis =
    spread.basis === "seeds" ? "measured between seeds" : "estimated from the detrended last 20 % of the curves";
  const errs = `The law errs by ${share(error)} on the ${on === "test" ? "held-out" : "fitted"} curves`;
  return error > spread.value
    ? `${errs}, more than the spread of seeds of ${share(spread.value)} (${basis})`
    : `${errs}, no less than a law that does not know of the rate (${share(control)})`;
}

/**
 * Returns the best schedule of `steps` updates under a law. The warmup is as long as that of the first fitted curve, at
 * most a tenth of the run, unless given. Throws LawError unreliable, out-of-range.
 */
export function advise(
  law: FittedLaw,
  report: LawReport,
  { train, test }: { readonly train: readonly LossCurve[]; readonly test: readonly LossCurve[] },
  options: Omit<OptimiseOptions, "rates" | "warmupSteps"> & { readonly warmupSteps?: number | undefined },
): Advice {
  const reliance = relianceOf(report, [...train, ...test]);
  const doubt = doubtOf(reliance);
  if (doubt) throw new LawError("unreliable", doubt);
  const first = train[0]!;
  const usual = Math.max(warmupEnd(first) - first.rate.step[0]!, assumedWarmup(first, law.warmup));
  const { warmupSteps = Math.min(Math.round(usual), Math.floor(options.steps / 10)), ...rest } = options;
  if (warmupSteps >= options.steps) {
    throw new LawError(
      "out-of-range",
      `The warmup of ${warmupSteps} steps must be shorter than the run of ${options.steps}`,
      "warmupSteps",
    );
  }
  const advice = optimiseSchedule(law, { ...rest, warmupSteps, rates: rateRange(train, warmupEnd) });
  if (advice.predictedLoss.value <= 0) {
    throw new LawError(
      "unreliable",
      `The law predicts a final loss of ${advice.predictedLoss.value.toPrecision(2)}, below 0`,
    );
  }
  return { ...advice, reliance };
}
