import type { ScheduleInput } from "@etude/catalog";
import { quantile } from "./bootstrap.ts";
import { type FittedLaw, predictLaw } from "./fit-law.ts";
import { LawError } from "./law-error.ts";
import type { LossCurve } from "./loss-curve.ts";
import type { LawParameters } from "./multi-power-law.ts";

export interface OptimiseOptions {
  /** Updates in the run, the warmup included. */
  readonly steps: number;
  /** Updates of the linear rise from 0 at the start. */
  readonly warmupSteps: number;
  /** Corners of the rate, 16 to 64. */
  readonly knots?: number;
  /** The rates that the fitted runs used after their warmup. */
  readonly rates: RateRange;
  /** Highest and lowest rate allowed, where narrower than `rates`; wider only with `extrapolate`. */
  readonly peak?: number | undefined;
  readonly floor?: number | undefined;
  readonly extrapolate?: boolean;
}

export interface RateRange {
  readonly lowest: number;
  readonly highest: number;
}

export interface OptimisedSchedule {
  /** A `piecewise` schedule with its warmup, ready to be submitted. */
  readonly schedule: ScheduleInput;
  /** Loss that the law predicts at the end, and the 5th and 95th percentile of what its refits predict. */
  readonly predictedLoss: { readonly value: number; readonly low: number; readonly high: number };
  /** Losses that the law predicts for common shapes between the same rates, with the same warmup. */
  readonly compared: Readonly<Record<keyof typeof shapes, number>>;
  readonly peak: number;
  readonly floor: number;
  /** Whether a rate lies outside what the fitted runs used: the law was not tried there. */
  readonly extrapolated: boolean;
}

const iterations = 300;

/** Share of the range that the rate has fallen at a fraction of the way. */
const shapes = {
  constant: () => 0,
  cosine: (u: number) => (1 - Math.cos(Math.PI * u)) / 2,
  linear: (u: number) => u,
  wsd: (u: number) => Math.sqrt(Math.max(0, (u - 0.8) / 0.2)),
};
const mapValues = <Key extends string, From, To>(record: Record<Key, From>, map: (value: From) => To) =>
  Object.fromEntries(Object.entries<From>(record).map(([key, value]) => [key, map(value)])) as Record<Key, To>;

/**
 * Returns the schedule, non-increasing after its warmup, with the least final loss under a law. The falls between the knots
 * are shares of the whole range that sum to 1 (the first lowers the peak, the last is not used), so every point allowed
 * is a point of the simplex and multiplicative steps never leave it. Throws LawError out-of-range.
 */
export function optimiseSchedule(law: FittedLaw, options: OptimiseOptions): OptimisedSchedule {
  const { steps, warmupSteps, knots = 32, rates, extrapolate = false } = options;
  const { lowest, highest } = limitsOf(options);
  const places = knotPlaces(warmupSteps, steps, knots);
  const ratesAt = (shares: Float64Array): Float64Array => {
    let rate = highest;
    return Float64Array.from(places, (_, i) => (rate = Math.max(lowest, rate - (highest - lowest) * shares[i]!)));
  };
  const finalLoss = (values: ArrayLike<number>, parameters: LawParameters = law.parameters): number =>
    predictLaw({ ...law, warmup: "linear" }, parameters, runOf(places, values, steps))[0]!;
  const common = mapValues(shapes, (fall) =>
    Float64Array.from(
      places,
      (at) => highest - (highest - lowest) * fall((at - warmupSteps) / Math.max(1, steps - warmupSteps)),
    ),
  );
  const best = (candidates: readonly Float64Array[]): Float64Array =>
    candidates.reduce((a, b) => (finalLoss(b) < finalLoss(a) ? b : a));
  const start = best(Object.values(common));
  const found = descend((shares) => finalLoss(ratesAt(shares)), sharesOf(start, highest, lowest));
  // Multiplicative steps come near a corner of the simplex, such as constant, and never reach it.
  const values = best([ratesAt(found), start]);
  const predicted = law.refits.map((refit) => finalLoss(values, refit)).sort((a, b) => a - b);
  const value = finalLoss(values);
  const [peak, floor] = [values[0]!, values.at(-1)!];
  return {
    schedule: {
      kind: "piecewise",
      points: corners(places, values).map(({ at, rate }) => ({ at: at - warmupSteps, rate })),
      ...(warmupSteps === 0 ? {} : { warmup: { steps: warmupSteps } }),
    },
    predictedLoss: {
      value,
      low: Math.min(value, quantile(predicted, 0.05)),
      high: Math.max(value, quantile(predicted, 0.95)),
    },
    compared: mapValues(common, (values) => finalLoss(values)),
    peak,
    floor,
    extrapolated: extrapolate && (peak > rates.highest || floor < rates.lowest),
  };
}

/** Returns the lowest and the highest rate that curves used after their warmup. */
export function rateRange(curves: readonly LossCurve[], warmupEndOf: (curve: LossCurve) => number): RateRange {
  const used = curves.flatMap((curve) => {
    const end = warmupEndOf(curve);
    return Array.from(curve.rate.value).filter((_, i) => curve.rate.step[i]! >= end);
  });
  return { lowest: used.reduce((a, b) => Math.min(a, b)), highest: used.reduce((a, b) => Math.max(a, b)) };
}

function limitsOf({ rates, peak, floor, extrapolate = false }: OptimiseOptions): RateRange {
  const limits = { lowest: floor ?? rates.lowest, highest: peak ?? rates.highest };
  const refuse = (option: string, message: string): never => {
    throw new LawError("out-of-range", message, option);
  };
  if (!(limits.lowest >= 0) || !(limits.lowest < limits.highest)) {
    refuse(
      "floor",
      `The floor must be from 0 and below the peak; got floor ${limits.lowest} and peak ${limits.highest}`,
    );
  }
  const within = `the rates that the fitted runs used, ${rates.lowest} to ${rates.highest}; extrapolate lifts this`;
  if (!extrapolate && limits.highest > rates.highest)
    refuse("peak", `The peak ${limits.highest} is not within ${within}`);
  if (!extrapolate && limits.lowest < rates.lowest)
    refuse("floor", `The floor ${limits.lowest} is not within ${within}`);
  return limits;
}

/** From the end of the warmup to the last step, closer together towards the end, where decays matter. */
const knotPlaces = (warmup: number, steps: number, knots: number): number[] => {
  const places = Array.from({ length: knots }, (_, i) => {
    const left = 1 - i / (knots - 1);
    return Math.round(steps - (steps - warmup) * left ** 1.5);
  });
  return places.filter((at, i) => i === 0 || at > places[i - 1]!);
};

const runOf = (places: readonly number[], values: ArrayLike<number>, steps: number): LossCurve => ({
  name: "planned",
  rate: { step: places, value: values },
  loss: { step: [steps], value: [1] },
});

/** The falls of given rates as shares of the range, each at least a little: a share of 0 could never grow. */
function sharesOf(rates: Float64Array, highest: number, lowest: number): Float64Array {
  const falls = [...rates, lowest].map((rate, i) => ((i === 0 ? highest : rates[i - 1]!) - rate) / (highest - lowest));
  return normalised(Float64Array.from(falls, (fall) => fall + 0.1 / falls.length));
}

/** Minimises over the simplex by exponentiated gradients: a step grows while it helps and shrinks when it does not. */
function descend(value: (shares: Float64Array) => number, start: Float64Array): Float64Array {
  let shares = start;
  let reached = value(shares);
  let size = 1;
  const nudge = 1e-4;
  for (let i = 0; i < iterations && size > 1e-6; i++) {
    const slopes = shares.map((share, k) => {
      const moved = Float64Array.from(shares);
      moved[k] = share + nudge;
      return (value(normalised(moved)) - reached) / nudge;
    });
    const steepest = slopes.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-300);
    for (; size > 1e-6; size /= 4) {
      const next = normalised(shares.map((share, k) => share * Math.exp((-size * slopes[k]!) / steepest)));
      const loss = value(next);
      if (loss >= reached) continue;
      shares = next;
      reached = loss;
      size *= 2;
      break;
    }
  }
  return shares;
}

function normalised(shares: Float64Array): Float64Array {
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

/** Leaves out knots that lie on the line between their neighbours, to a ten-thousandth of the peak. */
function corners(places: readonly number[], values: Float64Array): { at: number; rate: number }[] {
  const kept: { at: number; rate: number }[] = [];
  for (let i = 0; i < places.length; i++) {
    const point = { at: places[i]!, rate: values[i]! };
    const [before, after] = [kept.at(-1), i + 1 < places.length ? { at: places[i + 1]!, rate: values[i + 1]! } : null];
    if (before && after) {
      const line = before.rate + ((after.rate - before.rate) * (point.at - before.at)) / (after.at - before.at);
      if (Math.abs(line - point.rate) <= 1e-4 * values[0]!) continue;
    }
    kept.push(point);
  }
  return kept;
}
