import type { DataType, TensorInfo } from "@tensorflow/tfjs-core";
import { callStock, defineKernel, type WasmBackend } from "../types.ts";

/** Another tensor on the same bytes, which live until the last of them is disposed. */
function share(backend: WasmBackend, x: TensorInfo, shape: number[]): TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape, dtype: x.dtype };
}

/**
 * `clone` by reference, as on the other backends. The stock kernel copies, and tfjs clones every tensor that a gradient
 * will need: 85 copies in one step of a small transformer. Safe because no kernel changes the bytes of an input.
 */
export const identity = defineKernel<{ readonly x: TensorInfo }, object>("Identity", ({ stock }) => (call) => {
  const { x } = call.inputs;
  return x.dtype === "string" ? callStock("Identity", stock, call) : share(call.backend, x, x.shape);
});

/** `cast` to the same type by reference; tfjs runs one for every clone in a backward pass. */
export const cast = defineKernel<{ readonly x: TensorInfo }, { readonly dtype: DataType }>(
  "Cast",
  ({ stock }) =>
    (call) => {
      const { x } = call.inputs;
      const same = x.dtype === call.attrs.dtype && x.dtype !== "string";
      return same ? share(call.backend, x, x.shape) : callStock("Cast", stock, call);
    },
);

/** `transpose` that moves nothing but axes of size 1, by reference; the gradient of `gather` runs two of them. */
export const transpose = defineKernel<{ readonly x: TensorInfo }, { readonly perm: number[] }>(
  "Transpose",
  ({ stock }) =>
    (call) => {
      const { x } = call.inputs;
      const { perm } = call.attrs;
      const moved = perm.filter((axis) => x.shape[axis] !== 1);
      const inOrder = moved.every((axis, i) => i === 0 || axis > moved[i - 1]!);
      if (!inOrder || x.dtype === "string") return callStock("Transpose", stock, call);
      return share(
        call.backend,
        x,
        perm.map((axis) => x.shape[axis]!),
      );
    },
);
