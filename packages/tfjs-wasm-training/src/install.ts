import type { KernelFunc } from "@tensorflow/tfjs-core";
import { denseGradient } from "./kernels/dense.ts";
import { trainingKernels } from "./kernels/index.ts";
import type { KernelContext, Tfjs, TrainingKernel } from "./types.ts";

/** What {@link installWasmTraining} reads of `@tensorflow/tfjs-backend-wasm`. */
export interface WasmModule {
  readonly version_wasm: string;
}

/** What {@link installWasmTraining} did. */
export interface InstalledKernels {
  /** The names of the kernels that this package now provides on the wasm backend. */
  readonly kernels: string[];
}

const backendName = "wasm";

/** Kernel functions of this package; a registered symbol, so that two copies of the package know each other's. */
const mark = Symbol.for("tfjs-wasm-training.kernel");

/**
 * Registers the kernels that tfjs-backend-wasm lacks for training and replaces those that are slow or wrong.
 *
 * Idempotent. Works before the backend is initialised and after. The `setupFunc` of a replaced kernel is kept, because
 * the backend calls it at its start and other kernels depend on it.
 *
 * @param tf The TensorFlow.js namespace whose kernel registry is meant.
 * @param wasm The tfjs-backend-wasm module; when given, its version must be that of `tf`.
 * @returns The names of all kernels that this package provides.
 * @throws When tfjs-backend-wasm has not been imported, or its version differs from `tf`'s.
 */
export function installWasmTraining(tf: Tfjs, wasm?: WasmModule): InstalledKernels {
  if (wasm && wasm.version_wasm !== tf.version_core) {
    throw new Error(
      `tfjs-wasm-training: tfjs-backend-wasm is ${wasm.version_wasm}, tfjs-core is ${tf.version_core}; they must be equal`,
    );
  }
  if (!tf.getKernel("BatchMatMul", backendName)) {
    throw new Error('tfjs-wasm-training: no wasm kernels found; import "@tensorflow/tfjs-backend-wasm" first');
  }
  for (const kernel of trainingKernels) install(tf, kernel);
  if (!tf.getGradient("TrainingDense")) tf.registerGradient(denseGradient(tf));
  return { kernels: trainingKernels.map(({ kernelName }) => kernelName) };
}

function install(tf: Tfjs, kernel: TrainingKernel): void {
  const { kernelName } = kernel;
  const registered = tf.getKernel(kernelName, backendName);
  if (registered && mark in registered.kernelFunc) return;
  const call: KernelContext["call"] = (name, inputs, attrs, backend) => {
    const other = tf.getKernel(name, backendName);
    if (!other) throw new Error(`${kernelName}: the wasm backend has no kernel ${name}`);
    const result = other.kernelFunc({ inputs, attrs: attrs as Parameters<KernelFunc>[0]["attrs"] & {}, backend });
    return Array.isArray(result) ? result[0]! : result;
  };
  const kernelFunc = kernel.create({ tf, stock: registered?.kernelFunc, call });
  Object.defineProperty(kernelFunc, mark, { value: true });
  if (registered) tf.unregisterKernel(kernelName, backendName);
  tf.registerKernel({ ...registered, kernelName, backendName, kernelFunc });
}
