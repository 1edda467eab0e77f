import type { DataId, KernelFunc, TensorInfo, TypedArray } from "@tensorflow/tfjs-core";
import { sizeOf } from "./heap.ts";
import { checkSegments, sumSegments } from "./segment-sum.ts";
import type { Tfjs } from "./types.ts";

/** The part of tfjs-backend-cpu that the fix uses. */
interface CpuBackend {
  readonly data: { get(dataId: DataId): { readonly values: TypedArray } };
  makeTensorInfo(shape: number[], dtype: TensorInfo["dtype"], values: TypedArray): TensorInfo;
}

interface SegmentSumCall {
  readonly inputs: { readonly x: TensorInfo; readonly segmentIds: TensorInfo };
  readonly attrs: { readonly numSegments: number };
  readonly backend: CpuBackend;
}

const kernelName = "UnsortedSegmentSum";
const backendName = "cpu";

/**
 * Replaces `UnsortedSegmentSum` of the cpu backend, whose stock kernel compares every row with every segment: the
 * gradient of a 2000-word embedding took more than two minutes a step, and now takes milliseconds. Idempotent.
 *
 * @throws When tfjs-backend-cpu has not been imported.
 */
export function installCpuFixes(tf: Tfjs): InstalledCpuFixes {
  const registered = tf.getKernel(kernelName, backendName);
  if (!registered)
    throw new Error('installCpuFixes: no cpu kernels found; import "@tensorflow/tfjs-backend-cpu" first');
  const kernelFunc = segmentSum as unknown as KernelFunc;
  if (registered.kernelFunc !== kernelFunc) {
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({ ...registered, kernelFunc });
  }
  return { kernels: [kernelName] };
}

/** What {@link installCpuFixes} did. */
export interface InstalledCpuFixes {
  /** The names of the kernels that were replaced on the cpu backend. */
  readonly kernels: string[];
}

function segmentSum({ inputs: { x, segmentIds }, attrs: { numSegments }, backend }: SegmentSumCall): TensorInfo {
  const inner = x.shape.slice(segmentIds.shape.length);
  const width = sizeOf(inner);
  const sums = x.dtype === "int32" ? new Int32Array(numSegments * width) : new Float32Array(numSegments * width);
  const valuesOf = (tensor: TensorInfo) => backend.data.get(tensor.dataId).values;
  checkSegments(valuesOf(segmentIds), numSegments);
  sumSegments(valuesOf(x), valuesOf(segmentIds), sums, width);
  return backend.makeTensorInfo([numSegments, ...inner], x.dtype, sums);
}
