import type { backend_util, TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, floatsOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import type { WasmBackend } from "../types.ts";

/**
 * The input of a convolution with its zeros around it; the input itself where there is no padding. With them in place the
 * inner loops need no test for the edge.
 *
 * @param keep Takes the padded tensor, to be freed with the other scratch.
 */
export function paddedInput(
  backend: WasmBackend,
  x: TensorInfo,
  { batchSize, inHeight, inWidth, inChannels, padInfo }: backend_util.Conv2DInfo,
  keep: (tensor: TensorInfo) => TensorInfo,
): TensorInfo {
  const { top, bottom, left, right } = padInfo;
  if (top <= 0 && bottom <= 0 && left <= 0 && right <= 0) return x;
  const [height, width] = [inHeight + top + bottom, inWidth + left + right];
  const padded = keep(backend.makeOutput([batchSize, height, width, inChannels], "float32"));
  floatsOf(backend, padded).fill(0);
  const sizes = [batchSize, inHeight, inWidth, inChannels, height, width];
  sideModule(backend).spreadPixels(addressOf(backend, x), addressOf(backend, padded), ...sizes, 1, 1, top, left);
  return padded;
}
