/** What the runs of the large database look like: few long ones, many short ones, curves with spikes and gaps. */
import type { RunSpecInput } from "@etude/contracts";

export const keys = ["train/loss", "learning-rate", "validation/loss", "elapsed-seconds"] as const;

/** Runs by length: with 10 000 runs of 4 series they have 100 M points. */
export interface Class {
  readonly name: string;
  readonly runs: number;
  readonly steps: number;
}

/** The same mixture for any number of runs and points; the short runs take what is left. */
export function classesOf(runs: number, points: number): Class[] {
  const million = { name: "long", runs: Math.max(1, Math.round(points / 2e7)), steps: 1_000_000 };
  if (points < 1e7) million.steps = Math.round(points / 20);
  const share = (part: number, steps: number): number => Math.max(1, Math.round((part * points) / keys.length / steps));
  const middle = { name: "100 k", runs: share(0.2, 100_000), steps: 100_000 };
  const usual = { name: "10 k", runs: Math.max(20, share(0.4, 10_000)), steps: 10_000 };
  if (points < 1e7) middle.steps = usual.steps = 10_000;
  const taken = million.runs + middle.runs + usual.runs;
  const left = points / keys.length - [million, middle, usual].reduce((sum, one) => sum + one.runs * one.steps, 0);
  const short = { name: "short", runs: Math.max(1, runs - taken), steps: 0 };
  short.steps = Math.max(20, Math.round(left / short.runs));
  return [million, middle, usual, short];
}

/** A fast generator of numbers from 0 to 1 (xorshift32). */
export function noiseOf(seed: number): () => number {
  let x = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 4_294_967_296;
  };
}

const schedules = ["constant", "cosine", "step", "exponential"] as const;
const datasets = ["digits", "wine", "shakespeare"];
const models = ["mlp", "cnn", "transformer"];

const scheduleOf = (
  run: number,
  steps: number,
  rate: number,
): Extract<RunSpecInput, { kind: "external" }>["schedule"] => {
  switch (schedules[run % schedules.length]) {
    case "cosine":
      return { kind: "cosine", rate, warmup: { steps: Math.max(1, Math.round(steps / 20)) } };
    case "step":
      return { kind: "step", rate, every: Math.max(1, Math.round(steps / 3)), factor: 0.1 };
    case "exponential":
      return { kind: "exponential", rate, factor: 0.1 ** (1 / steps) };
    default:
      return { kind: "constant", rate };
  }
};

/** The spec of a run. */
export function specOf(run: number, steps: number, className: string): RunSpecInput {
  return {
    kind: "external",
    name: `${className} ${run}`,
    dataset: datasets[run % datasets.length],
    model: models[Math.floor(run / 3) % models.length],
    optimizer: run % 2 === 0 ? "adam" : "sgd",
    schedule: scheduleOf(run, steps, 10 ** (-1 - 3 * noiseOf(run)())),
    horizon: steps,
    stepsPerEpoch: Math.max(1, Math.round(steps / 50)),
    seed: run % 10,
    tags: { class: className.replaceAll(" ", "-"), sweep: `s${run % 40}`, seed: `${run % 10}` },
  };
}

/** Steps with a spike of one point, 20 in every run of 1000 steps and more. */
export const spikesOf = (steps: number): number[] =>
  steps < 1000 ? [] : Array.from({ length: 20 }, (_, i) => Math.floor(((i + 0.37) * steps) / 20));

export const spikeValue = (spike: number, steps: number): number => Math.fround(1000 + spike / steps);

/** Points `from` to `to − 1` of a run's series; `rates` are those of its schedule. */
export function columnsOf(run: number, steps: number, from: number, to: number, rates: Float64Array) {
  const noise = noiseOf(run * 7919 + from);
  const n = to - from;
  const at = Float64Array.from({ length: n }, (_, i) => from + i);
  const [floor, power] = [0.05 + 0.3 * noiseOf(run + 1)(), 0.3 + 0.4 * noiseOf(run + 2)()];
  const clean = (step: number): number => floor + 2.3 * (1 + (200 * step) / steps) ** -power;
  const loss = at.map((step) => Math.fround(clean(step) * (1 + 0.1 * (noise() - 0.5))));
  for (const spike of spikesOf(steps)) if (spike >= from && spike < to) loss[spike - from] = spikeValue(spike, steps);
  // One run in fifty has a step that gave no number.
  const gap = Math.floor(steps / 2);
  if (run % 50 === 7 && gap >= from && gap < to) loss[gap - from] = Number.NaN;
  const validation = at.map((step) => Math.fround(clean(step) + 0.05));
  const seconds = at.map((step) => Math.fround((step + 1) * 0.004));
  return keys.map((key, i) => ({
    key,
    from,
    steps: at,
    values: [loss, rates.subarray(from, to), validation, seconds][i] as Float64Array,
  }));
}
