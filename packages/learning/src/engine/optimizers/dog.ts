import { type ArrayOptimizer, type Arrays, bytesOf, copyOf, zerosLike } from "./optimizer.ts";

interface Params {
  readonly startDistance: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** Distance over gradients: scale = max ‖wᵢ − w₀‖ / √(Σ ‖gᵢ‖² + ε), u = g + λw; the last iterate, without averaging. */
export function dog({ startDistance, epsilon, weightDecay }: Params, { weights, gradients }: Arrays): ArrayOptimizer {
  const start = copyOf(weights);
  const directions = weightDecay === 0 ? gradients : zerosLike(weights);
  const norm = Math.sqrt(start.reduce((sum, w) => sum + w.reduce((part, value) => part + value * value, 0), 0));
  let distance = (norm + 1) * startDistance;
  let squares = 0;
  return {
    coupledDecay: weightDecay,
    directions,
    stateBytes: bytesOf(start) + 16,
    advance({ indices }) {
      let travelled = 0;
      for (const index of indices) {
        const [w, g, u, w0] = [weights[index]!, gradients[index]!, directions[index]!, start[index]!];
        for (let j = 0; j < u.length; j++) {
          if (weightDecay !== 0) u[j] = g[j]! + weightDecay * w[j]!;
          squares += u[j]! * u[j]!;
          travelled += (w[j]! - w0[j]!) ** 2;
        }
      }
      distance = Math.max(distance, Math.sqrt(travelled));
      return distance / Math.sqrt(squares + epsilon);
    },
  };
}
