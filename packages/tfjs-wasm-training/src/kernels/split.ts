import type { TensorInfo } from "@tensorflow/tfjs-core";
import { sizeOf, viewOf } from "../heap.ts";
import { callStock, defineKernel } from "../types.ts";

interface Attrs {
  readonly numOrSizeSplits: number[] | number;
  readonly axis: number;
}

/** `split` along the last axis (queries, keys and values of one projection) as row copies. */
export const split = defineKernel<{ readonly x: TensorInfo }, Attrs>("SplitV", ({ tf, stock }) => (call) => {
  const { inputs, attrs, backend } = call;
  const { x } = inputs;
  const last = x.shape.length - 1;
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
  if (axis !== last || (x.dtype !== "float32" && x.dtype !== "int32")) return callStock("SplitV", stock, call);

  // Only the shape is read; the declared parameter is a whole Tensor.
  const shaped = { shape: x.shape } as Parameters<typeof tf.backend_util.prepareSplitSize>[0];
  const sizes = tf.backend_util.prepareSplitSize(shaped, attrs.numOrSizeSplits, axis);
  const outer = x.shape.slice(0, last);
  const outputs = sizes.map((size) => backend.makeOutput([...outer, size], x.dtype));

  const source = viewOf(backend, x);
  const rows = sizeOf(outer);
  const width = x.shape[last]!;
  let begin = 0;
  outputs.forEach((output, part) => {
    const size = sizes[part]!;
    const target = viewOf(backend, output);
    for (let row = 0, from = begin, to = 0; row < rows; row++, from += width, to += size) {
      target.set(source.subarray(from, from + size), to);
    }
    begin += size;
  });
  return outputs;
});
