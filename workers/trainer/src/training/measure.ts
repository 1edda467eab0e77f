import type { Before, BoundSchedule, Tf, Weight } from "@etude/catalog";
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

const dot = (tf: Tf, a: tfc.Tensor, b: tfc.Tensor): tfc.Tensor => tf.sum(a === b ? tf.square(a) : tf.mul(a, b));

/** Reads the loss, the outputs, the gradient's norm, and what the schedule needs, in one transfer. */
export async function measure(input: MeasureInput): Promise<Measured> {
  const { tf, read, weights, groups, differentiated, previous, coupledDecay, needs, bound } = input;
  const { loss, outputs, gradients } = differentiated;
  const wantsAlignment = previous !== null && needs.includes("alignment");
  const wantsDirections = previous !== null && needs.includes("directionNorm");
  const scalars = tf.tidy(() => [
    ...gradients.map((gradient) => dot(tf, gradient, gradient)),
    ...(wantsAlignment
      ? gradients.map((gradient, i) => {
          const penalised =
            coupledDecay === 0 ? gradient : tf.add(gradient, tf.mul(weights[i]!.variable, coupledDecay));
          return dot(tf, penalised, previous[i]!);
        })
      : []),
    ...(wantsDirections ? previous.map((direction) => dot(tf, direction, direction)) : []),
  ]);
  const values = await read([loss, ...scalars, ...(outputs ? [outputs] : [])]);
  free(scalars);
  const count = weights.length;
  const perGroup = (at: number): number[] => {
    const sums = groups.map(() => 0);
    weights.forEach(({ group }, i) => (sums[groups.indexOf(group)]! += values[at + i]![0]!));
    return sums;
  };
  const squares = perGroup(1);
  const zeros = groups.map(() => 0);
  const trainLoss = values[0]![0]!;
  return {
    loss: trainLoss,
    outputs: outputs && values.at(-1),
    gradientNorm: Math.sqrt(squares.reduce((a, b) => a + b, 0)),
    before: {
      ...(needs.includes("trainLoss") && { trainLoss }),
      ...(needs.includes("gradientNorm") && { gradientNorm: squares.map(Math.sqrt) }),
      ...(needs.includes("alignment") && { alignment: wantsAlignment ? perGroup(1 + count) : zeros }),
      ...(needs.includes("directionNorm") && {
        directionNorm: wantsDirections ? perGroup(1 + count * (wantsAlignment ? 2 : 1)).map(Math.sqrt) : zeros,
      }),
      ...(needs.includes("bound") && bound && { bound }),
    },
  };
}
