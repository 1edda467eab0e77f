import type { Random } from "@etude/catalog";
import { type Point, pointAt, randomPoint, type Space, unitsOf } from "./space.ts";

export interface Scored {
  readonly point: Point;
  /** Lower is better; Infinity when diverged. */
  readonly value: number;
  /** Of a trial that was ended early: its value is no final one. */
  readonly stopped?: boolean;
  readonly steps?: number;
}

/** Finished trials by value, before those ended early, of which the one that came further is better. */
const byPromise = (a: Scored, b: Scored): number =>
  Number(a.stopped ?? false) - Number(b.stopped ?? false) ||
  (a.stopped ? (b.steps ?? 0) - (a.steps ?? 0) : 0) ||
  compare(a.value, b.value);

const compare = (a: number, b: number): number => (a < b ? -1 : Number(a > b));

export interface TpeOptions {
  /** Points drawn evenly before the model is asked. */
  readonly startup?: number;
  /** Share of the trials that counts as good. */
  readonly good?: number;
  /** Draws from the good ones, of which the most promising is taken. */
  readonly candidates?: number;
}

/** However many trials there are, no more count as good. */
const mostGood = 25;

/**
 * Returns the next point by a tree-structured Parzen estimator (Bergstra et al. 2011): two densities, of the good trials
 * and of the others, one dimension at a time; of some draws from the good one, that with the greatest ratio. A flat prior
 * is part of both.
 */
export function suggestTpe(
  space: Space,
  trials: readonly Scored[],
  random: Random,
  { startup = 10, good = 0.15, candidates = 24 }: TpeOptions = {},
): Point {
  if (trials.length < startup) return randomPoint(space, random);
  const ranked = trials.toSorted(byPromise);
  const count = Math.min(mostGood, Math.ceil(good * ranked.length));
  const [better, others] = [ranked.slice(0, count), ranked.slice(count)];
  const choices = Object.values(space).map((dimension) =>
    dimension.kind === "choice" ? dimension.values.length : undefined,
  );
  const densities = (set: readonly Scored[]): Density[] => {
    const units = set.map(({ point }) => unitsOf(space, point));
    return choices.map((sizes, i) => {
      const column = units.map((unit) => unit[i]!);
      return sizes === undefined ? parzen(column) : categorical(column, sizes);
    });
  };
  const [near, far] = [densities(better), densities(others)];
  let best: readonly number[] = [];
  let bestScore = -Infinity;
  for (let i = 0; i < candidates; i++) {
    const units = near.map((density) => density.draw(random));
    const score = units.reduce((sum, unit, k) => sum + Math.log(near[k]!.at(unit)) - Math.log(far[k]!.at(unit)), 0);
    if (score > bestScore) [best, bestScore] = [units, score];
  }
  return pointAt(space, best);
}

/** A density on [0, 1). */
interface Density {
  at(unit: number): number;
  draw(random: Random): number;
}

/** Normal kernels at the values, each as wide as the gap to its farther neighbour, and the flat prior as one more. */
function parzen(values: readonly number[]): Density {
  const sorted = values.toSorted((a, b) => a - b);
  const kernels = sorted.map((centre, i) => {
    const gap = Math.max(centre - (sorted[i - 1] ?? 0), (sorted[i + 1] ?? 1) - centre);
    return { centre, width: Math.min(1, Math.max(gap, 1 / (10 + sorted.length))) };
  });
  return {
    at: (unit) =>
      kernels.reduce(
        (sum, { centre, width }) =>
          sum + Math.exp(-0.5 * ((unit - centre) / width) ** 2) / (width * Math.sqrt(2 * Math.PI)),
        1,
      ) /
      (kernels.length + 1),
    draw(random) {
      const kernel = kernels[Math.floor(random.uniform() * (kernels.length + 1))];
      if (!kernel) return random.uniform();
      for (let tries = 0; tries < 100; tries++) {
        const unit = kernel.centre + kernel.width * random.normal();
        if (unit >= 0 && unit < 1) return unit;
      }
      return Math.min(0.999999, Math.max(0, kernel.centre));
    },
  };
}

/** Counts of each choice, one more for all of them. */
function categorical(units: readonly number[], sizes: number): Density {
  const counts = Array.from({ length: sizes }, () => 1);
  for (const unit of units) counts[Math.floor(unit * sizes)]!++;
  const total = units.length + sizes;
  return {
    at: (unit) => (counts[Math.floor(unit * sizes)]! * sizes) / total,
    draw(random) {
      let left = random.uniform() * total;
      const index = counts.findIndex((count) => (left -= count) < 0);
      return (Math.max(0, index) + 0.5) / sizes;
    },
  };
}
