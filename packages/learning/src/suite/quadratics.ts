import { analyticProblem } from "../engine/analytic.ts";
import type { Problem } from "../engine/problem.ts";
import { normals } from "../engine/random-arrays.ts";
import { optimizer } from "./optimizer.ts";

interface Shape {
  readonly dimension: number;
  /** κ: curvatures lie evenly on a log scale from largest / κ to largest. */
  readonly condition: number;
  readonly largest: number;
  /** Standard deviation of each coordinate at the start. */
  readonly startDistance: number;
  /** Of one gradient entry at a step. */
  readonly noise: (step: number) => number;
  /** A factor of all curvatures at a step. */
  readonly curvature?: (step: number) => number;
}

/** ½ Σ λⱼ wⱼ² with noise on its gradient, as the catalogue's model quadratic. */
export function quadratic(
  about: Parameters<typeof analyticProblem>[0],
  { dimension, condition, largest, startDistance, noise, curvature = () => 1 }: Shape,
): Problem {
  const share = (j: number): number => (dimension === 1 ? 1 : j / (dimension - 1));
  const curvatures = Float64Array.from({ length: dimension }, (_, j) => largest * condition ** (share(j) - 1));
  return analyticProblem(about, {
    dimension,
    start: (seed) => normals(dimension, startDistance, seed, "init/point"),
    noise,
    value(point, step, gradient) {
      const factor = curvature(step);
      let value = 0;
      for (let j = 0; j < dimension; j++) {
        const slope = factor * curvatures[j]! * point[j]!;
        value += 0.5 * slope * point[j]!;
        if (gradient) gradient[j] = slope;
      }
      return value;
    },
  });
}

const steps = 400;
const about = (id: string, title: string, resolution: number) => ({
  id,
  title,
  resolution,
  family: "quadratic",
  steps,
  optimizer: optimizer("sgd"),
});
const shape = { dimension: 50, condition: 100, largest: 1, startDistance: 3 };
/** A quarter and five eighths into the run, for 20 updates each. */
const inBurst = (step: number): boolean => (step >= 100 && step < 120) || (step >= 250 && step < 270);

/** Quadratics in 50 dimensions: noisy, deterministic, with a jump of curvature, with bursts of gradient noise. */
export const quadratics = (): Problem[] => [
  quadratic(about("quadratic-noisy", "Noisy quadratic, κ 100", 1e-3), { ...shape, noise: () => 1 }),
  quadratic(about("quadratic-deterministic", "Deterministic quadratic, κ 1000", 1e-6), {
    ...shape,
    condition: 1000,
    noise: () => 0,
  }),
  quadratic(about("quadratic-jump", "Quadratic whose curvature grows tenfold half-way", 1e-3), {
    ...shape,
    noise: () => 0.1,
    curvature: (step) => (step < steps / 2 ? 1 : 10),
  }),
  quadratic(about("quadratic-bursts", "Quadratic with two bursts of gradient noise", 1e-3), {
    ...shape,
    noise: (step) => (inBurst(step) ? 10 : 0.1),
  }),
];
