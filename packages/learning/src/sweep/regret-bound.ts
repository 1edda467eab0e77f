import { randomStream } from "@etude/catalog";
import { fitProcess } from "./gaussian-process.ts";
import { randomPoint, type Space, unitsOf } from "./space.ts";
import type { Scored } from "./tpe.ts";

export interface Termination {
  /** Upper bound on what the best trial so far may still be away from the best of the space. */
  readonly regretBound: number;
  /** ε = √(s² / k): what the seeds of the best trial leave unknown about it. */
  readonly seedError: number;
  readonly stop: boolean;
}

export interface TerminationOptions {
  /** Trials before the first decision. */
  readonly minimum?: number;
  /** Share of the trials, the best, that the model sees. */
  readonly top?: number;
  readonly seed?: number;
}

/** Places that the lower bound is sought at, beside the trials themselves. */
const places = 512;
/** Probability that the bound may fail. */
const delta = 0.1;

/**
 * Says whether a sweep has found enough (Makarova et al., AutoML 2022): stop once r̄ = min UCB over the trials − min LCB
 * over the space is below the error that the best trial's k independent seeds leave, √(s²/k). UCB and LCB are μ ± √β σ,
 * β = 2 ln(d n² π² / 6δ) / 5. `seedValues`: the best trial's values, one a seed. Undefined before there is enough to say.
 */
export function regretTermination(
  space: Space,
  trials: readonly Scored[],
  seedValues: readonly number[],
  { minimum = 20, top = 0.5, seed = 0 }: TerminationOptions = {},
): Termination | undefined {
  const finite = trials.filter(({ value }) => Number.isFinite(value));
  if (finite.length < minimum || seedValues.length < 2) return undefined;
  const best = finite.toSorted((a, b) => a.value - b.value).slice(0, Math.ceil(top * finite.length));
  const at = best.map(({ point }) => unitsOf(space, point));
  const predict = fitProcess(
    at,
    best.map(({ value }) => value),
  );
  const beta = (2 * Math.log((at[0]!.length * best.length ** 2 * Math.PI ** 2) / (6 * delta))) / 5;
  const bounds = (place: readonly number[]): { readonly upper: number; readonly lower: number } => {
    const { mean, deviation } = predict(place);
    const half = Math.sqrt(beta) * deviation;
    return { upper: mean + half, lower: mean - half };
  };
  const random = randomStream(seed, "termination");
  const elsewhere = Array.from({ length: places }, () => unitsOf(space, randomPoint(space, random)));
  const upper = Math.min(...at.map((place) => bounds(place).upper));
  const lower = Math.min(...[...at, ...elsewhere].map((place) => bounds(place).lower));
  const k = seedValues.length;
  const mean = seedValues.reduce((sum, value) => sum + value, 0) / k;
  const variance = seedValues.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (k - 1);
  const [regretBound, seedError] = [upper - lower, Math.sqrt(variance / k)];
  return { regretBound, seedError, stop: regretBound < seedError };
}
