import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, sizeOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { callStock, defineKernel } from "../types.ts";

interface Inputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/**
 * `add` of a tensor and its last axes, which is how a layer adds its bias. The stock kernel hands XNNPACK one short row
 * after the other; everything else stays with it.
 */
export const add = defineKernel<Inputs, object>("Add", ({ stock }) => (call) => {
  const { inputs, backend } = call;
  const [x, row] = inputs.a.shape.length >= inputs.b.shape.length ? [inputs.a, inputs.b] : [inputs.b, inputs.a];
  const width = sizeOf(row.shape);
  const lead = x.shape.length - row.shape.length;
  const endsAlike = lead > 0 && width > 1 && row.shape.every((dimension, i) => dimension === x.shape[lead + i]);
  if (!endsAlike || x.dtype !== "float32" || row.dtype !== "float32") return callStock("Add", stock, call);
  const output = backend.makeOutput(x.shape, "float32");
  const addresses = [x, row, output].map((tensor) => addressOf(backend, tensor));
  sideModule(backend).addToRows(...addresses, sizeOf(x.shape.slice(0, lead)), width);
  return output;
});
