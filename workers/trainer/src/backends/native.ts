import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { BackendName } from "@etude/contracts";
import type { Backend } from "./backend.ts";
import { nativeAddon, nativePackage } from "./native-addon.ts";
import { loadNative, type NativeFacts } from "./native-library.ts";
import { processorName } from "./tfjs.ts";

const probeFile = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./native-probe.ts" : "./native-probe.js", import.meta.url),
);
const probeTimeoutMs = 60_000;

/** What the probe found. */
export type Probed = { readonly works: NativeFacts } | { readonly refusal: string };

/** Loads the library in a throw-away process: a broken one can abort its whole process. */
function probe(): Promise<Probed> {
  return new Promise((resolve) => {
    const child = fork(probeFile, [], { stdio: "ignore", timeout: probeTimeoutMs, killSignal: "SIGKILL" });
    let answer: Probed | undefined;
    child.on("message", (message) => (answer = message as Probed));
    child.on("error", (error) => resolve({ refusal: `the probe did not start: ${error.message}` }));
    child.on("exit", (code, signal) =>
      resolve(answer ?? { refusal: `native TensorFlow ended the probe with ${signal ?? `exit code ${code}`}` }),
    );
  });
}

let probed: Promise<Probed> | undefined;

async function refusalFor(name: BackendName): Promise<string | undefined> {
  if (nativeAddon() === undefined)
    return "the native TensorFlow library is not installed (npm run setup:native fetches it)";
  probed ??= probe();
  const result = await probed;
  if ("refusal" in result) return result.refusal;
  const { gpu } = result.works;
  if (name === "tensorflow-gpu" && !gpu) {
    return "native TensorFlow works but found no usable GPU (CUDA and cuDNN must be those that the library was built for: docs/guides/native.md)";
  }
  if (name === "tensorflow" && gpu) return "native TensorFlow uses the GPU here; ask for tensorflow-gpu";
  return undefined;
}

const native = (name: "tensorflow" | "tensorflow-gpu"): Backend => ({
  name,
  refusal: () => refusalFor(name),
  async start() {
    const { tf, version, gpu, reproducible, tensorflow } = loadNative();
    if (!(await tf.setBackend("tensorflow"))) throw new Error("native TensorFlow did not start");
    return {
      name,
      tf,
      library: `${nativePackage} ${version}, TensorFlow ${tensorflow}`,
      device: name === "tensorflow-gpu" ? "GPU (CUDA)" : processorName(),
      reproducible,
      // On the CPU a tensor is in this process's memory.
      readsAtOnce: !gpu,
    };
  },
});

/** Native TensorFlow on a GPU. */
export const tensorflowGpu = native("tensorflow-gpu");

/** Native TensorFlow on its CPU kernels. */
export const tensorflow = native("tensorflow");
