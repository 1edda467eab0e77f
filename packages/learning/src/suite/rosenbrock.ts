import { analyticProblem } from "../engine/analytic.ts";
import type { Problem } from "../engine/problem.ts";
import { normals } from "../engine/random-arrays.ts";
import { optimizer } from "./optimizer.ts";

interface Shape {
  readonly dimension: number;
  /** b: how steep the sides of the valley are. */
  readonly steepness: number;
  /** Standard deviation of what the seed adds to the classic start (−1.2, 1, −1.2, 1, …). */
  readonly startNoise: number;
}

/** Σ b (wⱼ₊₁ − wⱼ²)² + (1 − wⱼ)², as the catalogue's model rosenbrock. */
export function rosenbrock(
  about: Parameters<typeof analyticProblem>[0],
  { dimension, steepness, startNoise }: Shape,
): Problem {
  return analyticProblem(about, {
    dimension,
    start: (seed) => normals(dimension, startNoise, seed, "init/point").map((noise, j) => noise + (j % 2 ? 1 : -1.2)),
    noise: () => 0,
    value(point, _, gradient) {
      gradient?.fill(0);
      let value = 0;
      for (let j = 0; j + 1 < dimension; j++) {
        const low = point[j]!;
        const [side, along] = [point[j + 1]! - low * low, 1 - low];
        value += steepness * side * side + along * along;
        if (!gradient) continue;
        gradient[j] = gradient[j]! - 4 * steepness * side * low - 2 * along;
        gradient[j + 1] = gradient[j + 1]! + 2 * steepness * side;
      }
      return value;
    },
  });
}

/** Rosenbrock's valley in 10 dimensions under Adam. */
export const rosenbrocks = (): Problem[] => [
  rosenbrock(
    {
      id: "rosenbrock",
      family: "rosenbrock",
      title: "Rosenbrock's valley in 10 dimensions",
      steps: 400,
      optimizer: optimizer("adam"),
      resolution: 1e-6,
    },
    { dimension: 10, steepness: 100, startNoise: 0.1 },
  ),
];
