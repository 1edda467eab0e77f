import { installWasmTraining, type WasmModule } from "@etude/tfjs-wasm-training";
import type { Backend } from "./backend.ts";
import { processorName, requireModule, tfCore } from "./tfjs.ts";

/** TensorFlow.js on WebAssembly with SIMD, one thread, with the training kernels of @etude/tfjs-wasm-training. */
export const wasm: Backend = {
  name: "wasm",
  refusal: async () => ("WebAssembly" in globalThis ? undefined : "this Node was built without WebAssembly"),
  async start() {
    const tf = tfCore();
    const module = requireModule("@tensorflow/tfjs-backend-wasm") as WasmModule;
    installWasmTraining(tf, module);
    if (!(await tf.setBackend("wasm"))) throw new Error("the wasm backend did not start");
    return {
      name: "wasm",
      tf,
      library: `@tensorflow/tfjs-backend-wasm ${module.version_wasm} with training kernels`,
      device: processorName(),
      reproducible: true,
      readsAtOnce: true,
    };
  },
};
