import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, intsOf, sizeOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { callStock, defineKernel } from "../types.ts";

interface Inputs {
  readonly x: TensorInfo;
  readonly indices: TensorInfo;
}

interface Attrs {
  readonly axis: number;
  readonly batchDims: number;
}

/**
 * `gather` along the first axis (an embedding look-up) as whole-row copies: the stock kernel transposes and copies
 * element by element, 50 times slower for rows of 64.
 *
 * @throws RangeError when an index is outside the axis.
 */
export const gather = defineKernel<Inputs, Attrs>("GatherV2", ({ tf, stock }) => (call) => {
  const { inputs, attrs, backend } = call;
  const { x, indices } = inputs;
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0];
  const byRows =
    axis === 0 &&
    (attrs.batchDims ?? 0) === 0 &&
    indices.dtype === "int32" &&
    (x.dtype === "float32" || x.dtype === "int32");
  if (!byRows) return callStock("GatherV2", stock, call);

  const rows = x.shape[0]!;
  const inner = x.shape.slice(1);
  checkIndices(intsOf(backend, indices), rows);
  const output = backend.makeOutput([...indices.shape, ...inner], x.dtype);
  const [table, ids, out] = [x, indices, output].map((tensor) => addressOf(backend, tensor));
  sideModule(backend).gatherRows(table!, ids!, out!, sizeOf(indices.shape), sizeOf(inner));
  return output;
});

function checkIndices(indices: Int32Array, rows: number): void {
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i]!;
    if (index < 0 || index >= rows) {
      throw new RangeError(`GatherV2: index ${index} at position ${i} is outside [0, ${rows - 1}]`);
    }
  }
}
