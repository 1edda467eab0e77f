import { type ArrayOptimizer, type Arrays, bytesOf, zerosLike } from "./optimizer.ts";

interface Params {
  readonly momentum: number;
  readonly weightDecay: number;
}

/** v ← μv + g + λw, u = v: the directions are the velocities themselves. */
export function momentum({ momentum: mu, weightDecay }: Params, { weights, gradients }: Arrays): ArrayOptimizer {
  const velocities = zerosLike(weights);
  return {
    coupledDecay: weightDecay,
    directions: velocities,
    stateBytes: bytesOf(velocities),
    advance({ indices, momentum: cycled }) {
      const keep = cycled ?? mu;
      for (const index of indices) {
        const [w, g, v] = [weights[index]!, gradients[index]!, velocities[index]!];
        for (let j = 0; j < v.length; j++) v[j] = keep * v[j]! + g[j]! + weightDecay * w[j]!;
      }
      return 1;
    },
  };
}
