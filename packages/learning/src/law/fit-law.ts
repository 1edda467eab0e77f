import { intervalsOf, type ParameterInterval, resampledLosses } from "./bootstrap.ts";
import { fewerRows } from "./fewer-rows.ts";
import { checkIdentifiable } from "./identifiable.ts";
import { minimiseHuber, type Minimised } from "./levenberg-marquardt.ts";
import { assumedWarmup, type LossCurve, type Warmup, warmupEnd } from "./loss-curve.ts";
import {
  evaluateLaw,
  fromUnits,
  inUnits,
  type LawParameter,
  lawParameters,
  type LawParameters,
  type LawUnits,
  logParameters,
} from "./multi-power-law.ts";
import { type RateProfile, rateProfile } from "./rate-profile.ts";

/**
 * Which changes of the rate the sum of the law counts: `authors` all, the rise of the warmup too, as the published
 * parameters need; `post-warmup` those after it. They differ in L₀, and little in what they predict.
 */
export type Convention = "authors" | "post-warmup";

export interface LawOptions {
  readonly convention?: Convention;
  readonly warmup?: Warmup;
}

/** A law and what it was fitted to. */
export interface FittedLaw {
  readonly convention: Convention;
  /** As asked for; the number of steps found where that was `fit`. */
  readonly warmup: Exclude<Warmup, "fit">;
  readonly parameters: LawParameters;
  readonly intervals: Readonly<Record<LawParameter, ParameterInterval>>;
  /** Parameters of the bootstrap's refits: what they predict together says how sure a prediction is. */
  readonly refits: readonly LawParameters[];
}

/** The Huber loss on the logarithm of the loss turns linear here: 0.1 %. */
export const huberDelta = 1e-3;
/** Blocks that a smooth change of the rate is divided into: 200 predict as 1000 do to 1e-5, 40 find the place. */
const blocks = { fine: 200, coarse: 40 };
/** Budgets in evaluations rather than in seconds, so that a busy machine finds the same law. */
const evaluations = { search: 100, polish: 60, refit: 12 };

/**
 * Returns the law that fits the curves best: least Huber loss of log residuals over all rows after the warmup, from the best
 * of five starts. Throws LawError too-few-curves, not-identified, invalid-curve.
 */
export function fitLaw(
  curves: readonly LossCurve[],
  { convention = "authors", warmup = "linear" }: LawOptions = {},
): FittedLaw {
  checkIdentifiable(curves);
  const steps = warmup === "fit" ? fitWarmup(curves, convention) : warmup;
  const coarse = prepare(curves, convention, steps, blocks.coarse);
  const found = minimise(coarse, startsFor(coarse), evaluations.search);
  const best = minimise(prepare(curves, convention, steps, blocks.fine), [found.theta], evaluations.polish);
  return { convention, warmup: steps, parameters: best.parameters, ...bootstrap(coarse, best) };
}

/** Returns the loss that a law predicts at each row of a curve; infinite before the first update. */
export function predictLaw(
  { convention, warmup }: Pick<FittedLaw, "convention" | "warmup">,
  parameters: LawParameters,
  curve: LossCurve,
): Float64Array {
  const loss = new Float64Array(curve.loss.step.length);
  evaluateLaw(logParameters(parameters), profileOf(curve, convention, warmup, blocks.fine), loss);
  return loss;
}

const profileOf = (
  curve: LossCurve,
  convention: Convention,
  warmup: FittedLaw["warmup"],
  blocks: number,
): RateProfile =>
  rateProfile(curve, {
    warmup: assumedWarmup(curve, warmup),
    from: convention === "authors" ? -1 : warmupEnd(curve),
    blocks,
  });

interface Prepared {
  readonly units: LawUnits;
  readonly curves: readonly { readonly profile: RateProfile; readonly logLoss: Float64Array }[];
}

/** What a fit reads: rows after the warmup, in units of the highest rate and the largest area. */
function prepare(
  curves: readonly LossCurve[],
  convention: Convention,
  warmup: FittedLaw["warmup"],
  blocks: number,
): Prepared {
  const profiled = curves.map((curve) => {
    const end = warmupEnd(curve);
    const loss = fewerRows(curve.loss, (step) => step >= end && step > 0);
    const profile = profileOf({ ...curve, loss }, convention, warmup, blocks);
    return { profile, logLoss: Float64Array.from(loss.value, Math.log) };
  });
  const units = {
    rate: Math.max(...curves.flatMap(({ rate }) => Array.from(rate.value))),
    area: Math.max(...profiled.map(({ profile }) => profile.area.at(-1)!)),
  };
  return { units, curves: profiled.map(({ profile, logLoss }) => ({ profile: inUnits(profile, units), logLoss })) };
}

/** α, B·(highest rate)/loss, C in units, β, γ; L₀ and A follow from the losses. */
const starts: readonly (readonly [number, number, number, number, number])[] = [
  [0.5, 0.04, 10, 0.5, 0.5],
  [0.3, 0.1, 1, 0.6, 0.6],
  [0.6, 0.02, 100, 0.4, 0.3],
  [1, 0.3, 1, 1, 0.2],
  [0.5, 0.04, 100, 0.3, 1],
];
const bounds = {
  lower: [1e-9, 1e-9, 0.01, 1e-6, 1e-4, 0.01, 1e-3],
  upper: [1e3, 1e3, 5, 1e3, 1e8, 10, 3],
};

const lowestLoss = ({ curves }: Prepared): number =>
  Math.exp(curves.reduce((least, { logLoss }) => logLoss.reduce((a, b) => Math.min(a, b), least), Infinity));

function startsFor(prepared: Prepared): number[][] {
  const loss = lowestLoss(prepared);
  return starts.map(([alpha, b, ...rest]) => [0.9 * loss, 0.1 * loss, alpha, b * loss, ...rest].map(Math.log));
}

/** The best of what the starts lead to. */
function minimise(
  prepared: Prepared,
  from: readonly ArrayLike<number>[],
  budget: number,
): Minimised & { readonly parameters: LawParameters } {
  const { curves, units } = prepared;
  const loss = lowestLoss(prepared);
  const inLosses = (value: number, i: number): number => Math.log(isLoss(i) ? value * loss : value);
  const problem = {
    residuals: residualsOf(curves),
    rows: curves.reduce((sum, { logLoss }) => sum + logLoss.length, 0),
    lower: bounds.lower.map(inLosses),
    upper: bounds.upper.map(inLosses),
    delta: huberDelta,
  };
  const best = from.map((start) => minimiseHuber(problem, start, budget)).reduce((a, b) => (b.value < a.value ? b : a));
  return { ...best, parameters: fromUnits(best.theta, units) };
}

/** L₀, A and B are measured in units of the loss. */
const isLoss = (index: number): boolean => index < 2 || index === 3;

const residualsOf =
  (curves: Prepared["curves"]) =>
  (theta: Float64Array, residual: Float64Array, jacobian?: Float64Array): void => {
    const n = lawParameters.length;
    let start = 0;
    for (const { profile, logLoss } of curves) {
      const rows = logLoss.length;
      const loss = residual.subarray(start, start + rows);
      const slopes = jacobian?.subarray(start * n, (start + rows) * n);
      evaluateLaw(theta, profile, loss, slopes);
      for (let row = 0; row < rows; row++) {
        const predicted = loss[row]!;
        if (slopes) for (let i = 0; i < n; i++) slopes[row * n + i] = slopes[row * n + i]! / predicted;
        loss[row] = Math.log(predicted) - logLoss[row]!;
      }
      start += rows;
    }
  };

function bootstrap(
  prepared: Prepared,
  { theta, parameters }: { readonly theta: Float64Array; readonly parameters: LawParameters },
): Pick<FittedLaw, "intervals" | "refits"> {
  const fitted = prepared.curves.map(({ profile, logLoss }) => {
    const residual = new Float64Array(logLoss.length);
    residualsOf([{ profile, logLoss }])(theta, residual);
    return { fitted: logLoss.map((value, row) => value + residual[row]!), residual };
  });
  const refits = resampledLosses(fitted).map((losses) => {
    const curves = prepared.curves.map(({ profile }, i) => ({ profile, logLoss: losses[i]! }));
    return minimise({ ...prepared, curves }, [theta], evaluations.refit).parameters;
  });
  return { refits, intervals: intervalsOf(parameters, lawParameters, refits) };
}

/** Steps of the warmup, 0 to the first row, with which the law fits best: a grid, then halves of the interval around it. */
function fitWarmup(curves: readonly LossCurve[], convention: Convention): number {
  const longest = Math.max(...curves.map(({ rate }) => rate.step[0]!));
  const value = (steps: number): number => {
    const prepared = prepare(curves, convention, steps, blocks.coarse);
    return minimise(prepared, startsFor(prepared).slice(0, 1), evaluations.search).value;
  };
  let best = { steps: longest, value: value(longest) };
  for (let width = longest / 4; width > longest / 100; width /= 2) {
    const around =
      width === longest / 4 ? [0, 1, 2, 3].map((k) => k * width) : [best.steps - width, best.steps + width];
    for (const steps of around.filter((steps) => steps >= 0 && steps <= longest)) {
      const reached = value(steps);
      if (reached < best.value) best = { steps, value: reached };
    }
  }
  return Math.round(best.steps);
}
