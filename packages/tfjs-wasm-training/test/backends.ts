// The umbrella package registers the gradients; tfjs-core alone has none.
import "@tensorflow/tfjs";
import "@tensorflow/tfjs-backend-cpu";
import * as wasm from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { installCpuFixes, installWasmTraining } from "@etude/tfjs-wasm-training";

/** Installs everything and starts both backends, each of which computes what the other is held against. */
export async function startBackends(): Promise<typeof tf> {
  installWasmTraining(tf, wasm);
  installCpuFixes(tf);
  for (const backend of ["cpu", "wasm"]) {
    if (!(await tf.setBackend(backend))) throw new Error(`the ${backend} backend does not start`);
  }
  return tf;
}
