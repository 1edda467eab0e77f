import { type ArrayOptimizer, type Arrays, bytesOf, zerosLike } from "./optimizer.ts";

/** Parameters that Adam and AdamW share. */
export interface AdamSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly epsilonPlacement: "outside" | "inside";
}

/** Adam's direction of g + coupled · w, plus decoupled · w. */
export function adamWith(
  { beta1: ownBeta1, beta2, epsilon, epsilonPlacement }: AdamSettings,
  decay: { readonly coupled: number; readonly decoupled: number },
  { weights, gradients }: Arrays,
): ArrayOptimizer {
  const [first, second, directions] = [zerosLike(weights), zerosLike(weights), zerosLike(weights)];
  const { coupled, decoupled } = decay;
  return {
    coupledDecay: coupled,
    directions,
    stateBytes: bytesOf(first, second),
    advance({ indices, step, momentum }) {
      const beta1 = momentum ?? ownBeta1;
      const firstScale = 1 / (1 - Math.pow(beta1, step + 1));
      const secondScale = 1 / (1 - Math.pow(beta2, step + 1));
      // ε inside the correction is √(1 / correction) times as large.
      const eps = epsilonPlacement === "inside" ? epsilon * Math.sqrt(secondScale) : epsilon;
      for (const index of indices) {
        const [w, g, u] = [weights[index]!, gradients[index]!, directions[index]!];
        const [m, v] = [first[index]!, second[index]!];
        for (let j = 0; j < u.length; j++) {
          const weight = w[j]!;
          const gradient = g[j]! + coupled * weight;
          const mean = beta1 * m[j]! + (1 - beta1) * gradient;
          const square = beta2 * v[j]! + (1 - beta2) * gradient * gradient;
          m[j] = mean;
          v[j] = square;
          u[j] = (mean * firstScale) / (Math.sqrt(square * secondScale) + eps) + decoupled * weight;
        }
      }
      return 1;
    },
  };
}
