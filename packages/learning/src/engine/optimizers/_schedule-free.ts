import { type AdvanceInput, type Arrays, copyOf, zerosLike } from "./optimizer.ts";

/** The sequence z, its average x, and the directions to the point between them. */
export interface ScheduleFree {
  readonly base: readonly Float64Array[];
  readonly average: readonly Float64Array[];
  readonly directions: readonly Float64Array[];
  /**
   * Moves z ← z − γ·d, x ← (1 − 1/t)·x + z/t, and writes u with y − γ·u = (1 − β)·z + β·x, the point of the next
   * gradient, which is what the trained weights hold. `d` is the base method's direction at y.
   */
  move(index: number, d: Float64Array, input: AdvanceInput): void;
}

/** Returns the three lists; z and x start at the weights. */
export function scheduleFree(kind: string, beta: number, { weights }: Arrays): ScheduleFree {
  const [base, average, directions] = [copyOf(weights), copyOf(weights), zerosLike(weights)];
  return {
    base,
    average,
    directions,
    move(index, d, { rates, step }) {
      const rate = rates?.[index];
      if (rate === undefined) throw new Error(`${kind} needs a rate that is known before its direction`);
      const [y, z, x, u] = [weights[index]!, base[index]!, average[index]!, directions[index]!];
      if (rate === 0) {
        u.fill(0);
        return;
      }
      for (let j = 0; j < y.length; j++) {
        z[j] = z[j]! - rate * d[j]!;
        x[j] = x[j]! + (z[j]! - x[j]!) / (step + 1);
        u[j] = (y[j]! - ((1 - beta) * z[j]! + beta * x[j]!)) / rate;
      }
    },
  };
}
