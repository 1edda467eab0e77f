import { scheduleFree } from "./_schedule-free.ts";
import { type ArrayOptimizer, type Arrays, bytesOf, zerosLike } from "./optimizer.ts";

interface Params {
  readonly beta: number;
  readonly weightDecay: number;
}

/** y = (1 − β)z + βx; z ← z − γ∇f(y); x ← (1 − 1/t)x + z/t. Judged by x. */
export function scheduleFreeSgd({ beta, weightDecay }: Params, arrays: Arrays): ArrayOptimizer {
  const { weights, gradients } = arrays;
  const { base, average, directions, move } = scheduleFree("schedule-free-sgd", beta, arrays);
  const penalised = weightDecay === 0 ? gradients : zerosLike(weights);
  return {
    coupledDecay: weightDecay,
    directions,
    stateBytes: bytesOf(base, average),
    evaluationWeights: average,
    advance(input) {
      for (const index of input.indices) {
        const [w, g, d] = [weights[index]!, gradients[index]!, penalised[index]!];
        if (weightDecay !== 0) for (let j = 0; j < d.length; j++) d[j] = g[j]! + weightDecay * w[j]!;
        move(index, d, input);
      }
      return 1;
    },
  };
}
