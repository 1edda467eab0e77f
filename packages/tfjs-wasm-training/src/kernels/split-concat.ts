import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, sizeOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { callStock, defineKernel } from "../types.ts";

interface SplitAttrs {
  readonly numOrSizeSplits: number[] | number;
  readonly axis: number;
}

/** Types whose elements take four bytes, which is all that a copy has to know. */
const isWord = ({ dtype }: TensorInfo) => dtype === "float32" || dtype === "int32";

/** `split` along any axis, by whole rows. */
export const split = defineKernel<{ readonly x: TensorInfo }, SplitAttrs>("SplitV", ({ tf, stock }) => (call) => {
  const { inputs, attrs, backend } = call;
  const { x } = inputs;
  if (!isWord(x)) return callStock("SplitV", stock, call);
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
  // Only the shape is read; the declared parameter is a whole Tensor.
  const shaped = { shape: x.shape } as Parameters<typeof tf.backend_util.prepareSplitSize>[0];
  const sizes = tf.backend_util.prepareSplitSize(shaped, attrs.numOrSizeSplits, axis);
  const rows = sizeOf(x.shape.slice(0, axis));
  const inner = sizeOf(x.shape.slice(axis + 1));
  const outputs = sizes.map((size) => backend.makeOutput(x.shape.with(axis, size), x.dtype));
  const side = sideModule(backend);
  let from = addressOf(backend, x);
  outputs.forEach((output, part) => {
    const width = sizes[part]! * inner;
    side.copyRows(from, addressOf(backend, output), rows, width, x.shape[axis]! * inner, width);
    from += width * 4;
  });
  return outputs;
});

/** `concat` along any axis, by whole rows; the gradient of `split`. */
export const concat = defineKernel<readonly TensorInfo[], { readonly axis: number }>(
  "Concat",
  ({ tf, stock }) =>
    (call) => {
      const { inputs, attrs, backend } = call;
      const first = inputs[0]!;
      const alike = inputs.every((input) => isWord(input) && input.dtype === first.dtype);
      if (inputs.length < 2 || !alike) return callStock("Concat", stock, call);
      const axis = tf.util.parseAxisParam(attrs.axis, first.shape)[0]!;
      const shapes = inputs.map(({ shape }) => shape);
      tf.backend_util.assertParamsConsistent(shapes, axis);
      const outShape = tf.backend_util.computeOutShape(shapes, axis);
      const rows = sizeOf(outShape.slice(0, axis));
      const inner = sizeOf(outShape.slice(axis + 1));
      const output = backend.makeOutput(outShape, first.dtype);
      const side = sideModule(backend);
      let to = addressOf(backend, output);
      for (const input of inputs) {
        const width = input.shape[axis]! * inner;
        side.copyRows(addressOf(backend, input), to, rows, width, width, outShape[axis]! * inner);
        to += width * 4;
      }
      return output;
    },
);
