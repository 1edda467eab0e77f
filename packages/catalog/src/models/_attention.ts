/** One block of a transformer: pre-norm attention and a GELU network, each beside a path that passes them by. */
import type * as tfc from "@tensorflow/tfjs-core";
import type { Weight } from "../model.ts";
import type { Tf } from "../optimizer.ts";
import { bias, dropped, kernel } from "./_layers.ts";
import { dense, gelu, layerNorm, normWeights } from "./_sequence-layers.ts";

interface Sizes {
  readonly width: number;
  readonly heads: number;
  readonly length: number;
}

interface BlockPass {
  /** [size · length, width]. */
  readonly x: tfc.Tensor;
  readonly size: number;
  /** Added to the scores [size, heads, length, length]: 0 where a place may look, very negative where not. */
  readonly mask: tfc.Tensor | undefined;
  /** Rate of dropout in this pass; 0 outside training. */
  readonly rate: number;
  readonly step: number;
}

/** Sizes of a block's kernels, for checking them before they are made. */
export const blockShapes = (width: number): readonly (readonly number[])[] => [
  [width, 3 * width],
  [width, width],
  [width, 4 * width],
  [4 * width, width],
];

/** Returns the block's weights, all in the group, and its function. */
export function attentionBlock(tf: Tf, seed: number, group: string, { width, heads, length }: Sizes) {
  const layer = (name: string, shape: readonly [number, number]): readonly [Weight, Weight] => [
    { ...kernel(tf, seed, `${group}/${name}`, shape, "glorot"), group },
    { ...bias(tf, `${group}/${name}`, shape[1]), group },
  ];
  const attentionNorm = normWeights(tf, group, "attention-norm", width);
  const queryKeyValue = layer("query-key-value", [width, 3 * width]);
  const projection = layer("projection", [width, width]);
  const networkNorm = normWeights(tf, group, "network-norm", width);
  const up = layer("up", [width, 4 * width]);
  const down = layer("down", [4 * width, width]);
  const normed = (x: tfc.Tensor, [scale, shift]: readonly [Weight, Weight]): tfc.Tensor =>
    layerNorm(tf, x, scale.variable, shift.variable);

  const attend = (x: tfc.Tensor, size: number, mask: tfc.Tensor | undefined): tfc.Tensor2D => {
    const perHead = (part: tfc.Tensor): tfc.Tensor4D =>
      tf.transpose(tf.reshape(part, [size, length, heads, width / heads]), [0, 2, 1, 3]) as tfc.Tensor4D;
    const [query, key, value] = tf.split(dense(tf, x, ...queryKeyValue), 3, 1).map(perHead);
    const scores = tf.mul(tf.matMul(query!, key!, false, true), 1 / Math.sqrt(width / heads));
    const mixed = tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores) as tfc.Tensor4D, value!);
    return dense(tf, tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [size * length, width]), ...projection);
  };

  return {
    weights: [attentionNorm, queryKeyValue, projection, networkNorm, up, down].flat(),
    /** Returns the block's output, shaped as x. */
    apply({ x, size, mask, rate, step }: BlockPass): tfc.Tensor {
      const thinned = (part: tfc.Tensor, name: string): tfc.Tensor =>
        rate > 0 ? dropped(tf, part, rate, seed, `${group}/${name}`, step) : part;
      const seen = tf.add(x, thinned(attend(normed(x, attentionNorm), size, mask), "attention"));
      const inner = gelu(tf, dense(tf, normed(seen, networkNorm), ...up));
      return tf.add(seen, thinned(dense(tf, inner, ...down), "network"));
    },
  };
}
