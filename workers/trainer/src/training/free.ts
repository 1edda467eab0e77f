import type * as tfc from "@tensorflow/tfjs-core";

/** Disposes the tensors one by one: `tf.dispose` first walks and copies its argument, which small models feel. */
export function free(tensors: Iterable<tfc.Tensor | undefined>): void {
  for (const tensor of tensors) tensor?.dispose();
}
