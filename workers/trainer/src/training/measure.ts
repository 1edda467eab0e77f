import { type Before, type BoundSchedule, sumSquares, type Tf, type Weight } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";
import { free } from "./free.ts";
import type { Differentiated } from "./gradients.ts";
import type { Read } from "./read.ts";

/** Numbers known before an update. */
export interface Measured {
  readonly loss: number;
  readonly outputs: Float32Array | undefined;
  /** ‖g‖₂ of all weights together. */
  readonly gradientNorm: number;
  readonly before: Before;
}

interface MeasureInput {
  readonly tf: Tf;
  readonly read: Read;
  readonly weights: readonly Weight[];
  readonly groups: readonly string[];
  readonly differentiated: Differentiated;
  /** d_{t−1} of every weight; null before the second update and when nobody asks. */
  readonly previous: readonly tfc.Tensor[] | null;
  /** λ of the optimizer's coupled weight decay: the hypergradient sees the gradient of the penalised loss. */
  readonly coupledDecay: number;
  readonly needs: BoundSchedule["needs"]["before"];
  readonly bound: readonly number[] | undefined;
}

const dot = (tf: Tf, a: tfc.Tensor, b: tfc.Tensor): tfc.Tensor => tf.sum(tf.mul(a, b));

/** Reads the loss, the outputs, the gradient's norm, and what the schedule needs, in one transfer. */
export async function measure(input: MeasureInput): Promise<Measured> {
  const { tf, read, weights, groups, differentiated, previous, coupledDecay, needs, bound } = input;
  const { loss, outputs, gradients } = differentiated;
  const wantsAlignment = previous !== null && needs.includes("alignment");
  const wantsDirections = previous !== null && needs.includes("directionNorm");
  const norms = tf.tidy(() => [sumSquares(tf, gradients), ...(wantsDirections ? [sumSquares(tf, previous)] : [])]);
  const dots = tf.tidy(() =>
    wantsAlignment
      ? gradients.map((gradient, i) => {
          const penalised =
            coupledDecay === 0 ? gradient : tf.add(gradient, tf.mul(weights[i]!.variable, coupledDecay));
          return dot(tf, penalised, previous[i]!);
        })
      : [],
  );
  const values = await read([loss, ...norms, ...dots, ...(outputs ? [outputs] : [])]);
  free(norms);
  free(dots);
  const perGroup = (ofWeight: (i: number) => number): number[] => {
    const sums = groups.map(() => 0);
    weights.forEach(({ group }, i) => (sums[groups.indexOf(group)]! += ofWeight(i)));
    return sums;
  };
  const squares = perGroup((i) => values[1]![i]!);
  const zeros = groups.map(() => 0);
  const trainLoss = values[0]![0]!;
  return {
    loss: trainLoss,
    outputs: outputs && values.at(-1),
    gradientNorm: Math.sqrt(squares.reduce((a, b) => a + b, 0)),
    before: {
      ...(needs.includes("trainLoss") && { trainLoss }),
      ...(needs.includes("gradientNorm") && { gradientNorm: squares.map(Math.sqrt) }),
      ...(needs.includes("alignment") && {
        alignment: wantsAlignment ? perGroup((i) => values[1 + norms.length + i]![0]!) : zeros,
      }),
      ...(needs.includes("directionNorm") && {
        directionNorm: wantsDirections ? perGroup((i) => values[2]![i]!).map(Math.sqrt) : zeros,
      }),
      ...(needs.includes("bound") && bound && { bound }),
    },
  };
}
