import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, sizeOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { callStock, defineKernel, type TrainingKernel } from "../types.ts";

/** A function of one float, four at a time; the stock kernels call the C library for each number. */
function elementwise(kernelName: string, name: "exp" | "erf" | "tanh"): TrainingKernel {
  return defineKernel<{ readonly x: TensorInfo }, object>(kernelName, ({ stock }) => (call) => {
    const { inputs, backend } = call;
    const { x } = inputs;
    if (x.dtype !== "float32") return callStock(kernelName, stock, call);
    const output = backend.makeOutput(x.shape, "float32");
    sideModule(backend)[name](addressOf(backend, x), addressOf(backend, output), sizeOf(x.shape));
    return output;
  });
}

/** eˣ within two units in the last place. */
export const exp = elementwise("Exp", "exp");

/** erf(x) by the formula that tfjs uses on every backend, within 1.5e-7. */
export const erf = elementwise("Erf", "erf");

/** tanh(x) within three units in the last place. */
export const tanh = elementwise("Tanh", "tanh");
