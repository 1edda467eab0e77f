import { type ArrayOptimizer, type Arrays, bytesOf, copyOf, zerosLike } from "./optimizer.ts";

interface Params {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly startDistance: number;
  readonly weightDecay: number;
}

/**
 * Prodigy (arXiv:2306.06101, Algorithm 4): Adam on d·g, whose scale d = max(d, r / ‖s‖₁) estimates the distance to the
 * solution; the estimate of this step serves the next.
 */
export function prodigy(params: Params, { weights, gradients }: Arrays): ArrayOptimizer {
  const { beta1, beta2, epsilon, startDistance, weightDecay } = params;
  const start = copyOf(weights);
  const [first, second, weighted] = [zerosLike(weights), zerosLike(weights), zerosLike(weights)];
  const directions = zerosLike(weights);
  const keep = Math.sqrt(beta2);
  let distance = startDistance;
  let numerator = 0;
  return {
    coupledDecay: 0,
    directions,
    stateBytes: bytesOf(start, first, second, weighted) + 16,
    advance({ indices, rates }) {
      const rate = rates?.[indices[0]!];
      if (rate === undefined) throw new Error("prodigy needs a rate that is known before its direction");
      const squared = distance * distance;
      const share = squared * rate * (1 - keep);
      let [product, length] = [0, 0];
      for (const index of indices) {
        const [w, g, u, w0] = [weights[index]!, gradients[index]!, directions[index]!, start[index]!];
        const [m, v, s] = [first[index]!, second[index]!, weighted[index]!];
        for (let j = 0; j < u.length; j++) {
          const gradient = g[j]!;
          m[j] = m[j]! * beta1 + gradient * distance * (1 - beta1);
          v[j] = v[j]! * beta2 + gradient * gradient * squared * (1 - beta2);
          s[j] = s[j]! * keep + gradient * share;
          product += gradient * (w0[j]! - w[j]!);
          length += Math.abs(s[j]!);
          u[j] = m[j]! / (Math.sqrt(v[j]!) + distance * epsilon) + weightDecay * w[j]!;
        }
      }
      numerator = numerator * keep + product * share;
      const scale = distance;
      if (length > 0) distance = Math.max(distance, numerator / length);
      return scale;
    },
  };
}
