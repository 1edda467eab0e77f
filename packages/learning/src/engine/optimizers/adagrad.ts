import { type ArrayOptimizer, type Arrays, bytesOf, zerosLike } from "./optimizer.ts";

interface Params {
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** G ← G + g², u = g / (√G + ε). */
export function adagrad({ epsilon, weightDecay }: Params, { weights, gradients }: Arrays): ArrayOptimizer {
  const [sums, directions] = [zerosLike(weights), zerosLike(weights)];
  return {
    coupledDecay: weightDecay,
    directions,
    stateBytes: bytesOf(sums),
    advance({ indices }) {
      for (const index of indices) {
        const [w, g, sum, u] = [weights[index]!, gradients[index]!, sums[index]!, directions[index]!];
        for (let j = 0; j < u.length; j++) {
          const gradient = g[j]! + weightDecay * w[j]!;
          sum[j] = sum[j]! + gradient * gradient;
          u[j] = gradient / (Math.sqrt(sum[j]!) + epsilon);
        }
      }
      return 1;
    },
  };
}
