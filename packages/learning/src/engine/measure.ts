import type { Before } from "@etude/catalog";

/** What is summed over the weights of one group. */
export interface GroupSums {
  /** ‖g‖². */
  readonly squares: Float64Array;
  /** ⟨g + λw, d_{t−1}⟩. */
  readonly alignments: Float64Array;
  /** ‖d_{t−1}‖². */
  readonly directionSquares: Float64Array;
}

export const groupSums = (groups: number): GroupSums => ({
  squares: new Float64Array(groups),
  alignments: new Float64Array(groups),
  directionSquares: new Float64Array(groups),
});

interface MeasureInput {
  readonly weights: readonly Float64Array[];
  readonly gradients: readonly Float64Array[];
  readonly groupOf: readonly number[];
  /** Weight tensors whose gradient is known. */
  readonly indices: readonly number[];
  /** d_{t−1}; undefined before the second update and when nobody asks. */
  readonly previous: readonly Float64Array[] | undefined;
  /** λ of the optimizer's coupled weight decay: the hypergradient sees the gradient of the penalised loss. */
  readonly coupledDecay: number;
}

/** Sums gradient norms, alignments and direction norms by group. */
export function measureInto(sums: GroupSums, input: MeasureInput): void {
  const { weights, gradients, groupOf, indices, previous, coupledDecay } = input;
  sums.squares.fill(0);
  sums.alignments.fill(0);
  sums.directionSquares.fill(0);
  for (const index of indices) {
    const group = groupOf[index]!;
    const g = gradients[index]!;
    let square = 0;
    for (let j = 0; j < g.length; j++) square += g[j]! * g[j]!;
    sums.squares[group]! += square;
    if (!previous) continue;
    const [w, d] = [weights[index]!, previous[index]!];
    let [product, length] = [0, 0];
    for (let j = 0; j < g.length; j++) {
      product += (g[j]! + coupledDecay * w[j]!) * d[j]!;
      length += d[j]! * d[j]!;
    }
    sums.alignments[group]! += product;
    sums.directionSquares[group]! += length;
  }
}

/** Returns what a schedule asked for, from the sums. */
export function beforeOf(
  needs: readonly (keyof Before)[],
  sums: GroupSums,
  trainLoss: number,
  bound: () => readonly number[] | undefined,
): Before {
  if (needs.length === 0) return {};
  const bounds = needs.includes("bound") ? bound() : undefined;
  return {
    ...(needs.includes("trainLoss") && { trainLoss }),
    ...(needs.includes("gradientNorm") && { gradientNorm: Array.from(sums.squares, Math.sqrt) }),
    ...(needs.includes("alignment") && { alignment: Array.from(sums.alignments) }),
    ...(needs.includes("directionNorm") && { directionNorm: Array.from(sums.directionSquares, Math.sqrt) }),
    ...(bounds && { bound: bounds }),
  };
}
