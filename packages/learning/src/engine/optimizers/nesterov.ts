import { type ArrayOptimizer, type Arrays, bytesOf, zerosLike } from "./optimizer.ts";

interface Params {
  readonly momentum: number;
  readonly weightDecay: number;
}

/** v ← μv + g + λw, u = g + λw + μv, the form of PyTorch. */
export function nesterov({ momentum: mu, weightDecay }: Params, { weights, gradients }: Arrays): ArrayOptimizer {
  const velocities = zerosLike(weights);
  const directions = zerosLike(weights);
  return {
    coupledDecay: weightDecay,
    directions,
    stateBytes: bytesOf(velocities),
    advance({ indices, momentum: cycled }) {
      const keep = cycled ?? mu;
      for (const index of indices) {
        const [w, g, v, u] = [weights[index]!, gradients[index]!, velocities[index]!, directions[index]!];
        for (let j = 0; j < v.length; j++) {
          const gradient = g[j]! + weightDecay * w[j]!;
          v[j] = keep * v[j]! + gradient;
          u[j] = gradient + keep * v[j]!;
        }
      }
      return 1;
    },
  };
}
