import { stepNormals } from "./random-arrays.ts";
import type { Problem } from "./problem.ts";

/** A function of one point that is minimised, with noise on its gradient. */
export interface Analytic {
  readonly dimension: number;
  /** The point before the first update. */
  start(seed: number): Float64Array;
  /** f at the point at update `step`; writes the gradient when an array is given. */
  value(point: Float64Array, step: number, gradient?: Float64Array): number;
  /** Standard deviation of the noise of one gradient entry at update `step`. */
  noise(step: number): number;
}

type About = Pick<Problem, "id" | "family" | "title" | "steps" | "optimizer" | "resolution">;

/**
 * Returns the problem of minimising f. A batch's loss is f(w) + ⟨noise, w⟩, so that its gradient is noisy; the training
 * objective is f itself, as it stood at the latest update.
 */
export function analyticProblem(about: About, { dimension, start, value, noise }: Analytic): Problem {
  return {
    ...about,
    domain: "analytic",
    stepsPerEpoch: 1,
    batchSize: null,
    groups: ["point"],
    update: "joint",
    start(seed) {
      const point = start(seed);
      const disturbance = new Float64Array(dimension);
      let drawn = -1;
      let latest = 0;
      return {
        weights: [point],
        groupOf: [0],
        loss(step, gradients) {
          latest = step;
          const gradient = gradients?.[0];
          let loss = value(point, step, gradient);
          const deviation = noise(step);
          if (deviation === 0) return loss;
          if (drawn !== step) stepNormals(disturbance, deviation, seed, "gradient-noise", step);
          drawn = step;
          for (let j = 0; j < dimension; j++) {
            loss += disturbance[j]! * point[j]!;
            if (gradient) gradient[j] = gradient[j]! + disturbance[j]!;
          }
          return loss;
        },
        trainLoss: () => value(point, latest),
      };
    },
  };
}
