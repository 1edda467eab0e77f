import { installCpuFixes } from "@etude/tfjs-wasm-training";
import type { Backend } from "./backend.ts";
import { processorName, requireModule, tfCore } from "./tfjs.ts";

/** TensorFlow.js in plain JavaScript: slow, always there, and what the other backends are compared with. */
export const cpu: Backend = {
  name: "cpu",
  refusal: async () => undefined,
  async start() {
    const tf = tfCore();
    const { version_cpu: version } = requireModule("@tensorflow/tfjs-backend-cpu") as { version_cpu: string };
    installCpuFixes(tf);
    if (!(await tf.setBackend("cpu"))) throw new Error("the cpu backend did not start");
    return {
      name: "cpu",
      tf,
      library: `@tensorflow/tfjs-backend-cpu ${version}`,
      device: processorName(),
      reproducible: true,
      readsAtOnce: true,
    };
  },
};
