import { randomStream } from "@etude/catalog";
import type { Observation } from "./observation.ts";
import { regretTermination, type Termination, type TerminationOptions } from "./regret-bound.ts";
import { checkSpace, gridPoints, type Point, randomPoint, type Space } from "./space.ts";
import type { Stopper } from "./stoppers.ts";
import { type Scored, suggestTpe } from "./tpe.ts";

/** A training that reports as it goes. */
export interface Trial {
  /** Trains on to the next report; undefined once it is done. */
  advance(): Observation | undefined;
}

export interface SweepOptions {
  readonly space: Space;
  /** grid: `perDimension` values each; the others draw up to `trials` points. */
  readonly sampler: "grid" | "random" | "tpe";
  readonly trials: number;
  readonly perDimension?: number;
  readonly seed: number;
  /** Begins a training; the last observation of one that was not stopped is its value. */
  start(point: Point, trial: number): Trial;
  readonly stopper?: Stopper;
  /** Runs the point under `seeds` more seeds, for the error that automatic termination stops at. */
  readonly terminate?: TerminationOptions & {
    /** Trials between two looks. */
    readonly every: number;
    seedValues(point: Point): readonly number[];
  };
}

export interface SweptTrial extends Scored {
  readonly trial: number;
  readonly steps: number;
  readonly stopped: boolean;
}

export interface SweepResult {
  readonly trials: readonly SweptTrial[];
  /** The best of those that ran to their end. */
  readonly best: SweptTrial | undefined;
  /** What the last look said, where termination was asked for. */
  readonly termination?: Termination;
}

/** Runs a sweep, one trial after the other. Deterministic for a seed. Throws a RangeError for a space that is none. */
export function runSweep(options: SweepOptions): SweepResult {
  const { space, sampler, perDimension = 5, seed, start, stopper, terminate } = options;
  checkSpace(space);
  const grid = sampler === "grid" ? gridPoints(space, perDimension) : [];
  const count = sampler === "grid" ? Math.min(options.trials, grid.length) : options.trials;
  const trials: SweptTrial[] = [];
  let termination: Termination | undefined;
  for (let trial = 0; trial < count; trial++) {
    const random = randomStream(seed, "sweep", trial);
    const point =
      sampler === "grid"
        ? grid[trial]!
        : sampler === "random"
          ? randomPoint(space, random)
          : suggestTpe(space, trials, random);
    trials.push(runTrial(trial, point, start(point, trial), stopper));
    if (terminate && (trial + 1) % terminate.every === 0) {
      const best = bestOf(trials);
      if (best) termination = regretTermination(space, finished(trials), terminate.seedValues(best.point), terminate);
      if (termination?.stop) break;
    }
  }
  return { trials, best: bestOf(trials), ...(termination && { termination }) };
}

function runTrial(trial: number, point: Point, training: Trial, stopper: Stopper | undefined): SweptTrial {
  let last: Observation | undefined;
  for (let seen = training.advance(); seen; seen = training.advance()) {
    last = seen;
    if (stopper && !stopper.goesOn(trial, seen)) {
      return { trial, point, value: seen.final ?? seen.value, steps: seen.step, stopped: true };
    }
  }
  return { trial, point, value: last?.value ?? Infinity, steps: last?.step ?? 0, stopped: false };
}

const finished = (trials: readonly SweptTrial[]): SweptTrial[] => trials.filter(({ stopped }) => !stopped);

const bestOf = (trials: readonly SweptTrial[]): SweptTrial | undefined =>
  finished(trials).toSorted((a, b) => (a.value < b.value ? -1 : Number(a.value > b.value)))[0];
