import { type ArrayOptimizer, type Arrays, bytesOf, zerosLike } from "./optimizer.ts";

interface Params {
  readonly decay: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

/** v ← ρv + (1 − ρ)g², u = g / (√v + ε). */
export function rmsprop({ decay: rho, epsilon, weightDecay }: Params, { weights, gradients }: Arrays): ArrayOptimizer {
  const [squares, directions] = [zerosLike(weights), zerosLike(weights)];
  return {
    coupledDecay: weightDecay,
    directions,
    stateBytes: bytesOf(squares),
    advance({ indices }) {
      for (const index of indices) {
        const [w, g, v, u] = [weights[index]!, gradients[index]!, squares[index]!, directions[index]!];
        for (let j = 0; j < u.length; j++) {
          const gradient = g[j]! + weightDecay * w[j]!;
          v[j] = rho * v[j]! + (1 - rho) * gradient * gradient;
          u[j] = gradient / (Math.sqrt(v[j]!) + epsilon);
        }
      }
      return 1;
    },
  };
}
