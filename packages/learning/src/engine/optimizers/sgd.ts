import { type ArrayOptimizer, type Arrays, zerosLike } from "./optimizer.ts";

/** u = g + λw. Without decay the directions are the gradients themselves. */
export function sgd({ weightDecay }: { readonly weightDecay: number }, { weights, gradients }: Arrays): ArrayOptimizer {
  const directions = weightDecay === 0 ? gradients : zerosLike(weights);
  return {
    coupledDecay: weightDecay,
    directions,
    stateBytes: 0,
    advance({ indices }) {
      if (weightDecay === 0) return 1;
      for (const index of indices) {
        const [w, g, u] = [weights[index]!, gradients[index]!, directions[index]!];
        for (let j = 0; j < u.length; j++) u[j] = g[j]! + weightDecay * w[j]!;
      }
      return 1;
    },
  };
}
