import { scheduleFree } from "./_schedule-free.ts";
import { type ArrayOptimizer, type Arrays, bytesOf, zerosLike } from "./optimizer.ts";

interface Params {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** Schedule-free with d = g / (√(v / (1 − β₂ᵗ)) + ε) + λy. Judged by x. */
export function scheduleFreeAdamw(params: Params, arrays: Arrays): ArrayOptimizer {
  const { beta1, beta2, epsilon, weightDecay } = params;
  const { weights, gradients } = arrays;
  const { base, average, directions, move } = scheduleFree("schedule-free-adamw", beta1, arrays);
  const [second, scaled] = [zerosLike(weights), zerosLike(weights)];
  return {
    coupledDecay: 0,
    directions,
    stateBytes: bytesOf(base, average, second),
    evaluationWeights: average,
    advance(input) {
      const correction = Math.sqrt(1 / (1 - Math.pow(beta2, input.step + 1)));
      for (const index of input.indices) {
        const [w, g, v, d] = [weights[index]!, gradients[index]!, second[index]!, scaled[index]!];
        for (let j = 0; j < d.length; j++) {
          v[j] = beta2 * v[j]! + (1 - beta2) * g[j]! * g[j]!;
          d[j] = g[j]! / (Math.sqrt(v[j]!) * correction + epsilon) + weightDecay * w[j]!;
        }
        move(index, d, input);
      }
      return 1;
    },
  };
}
