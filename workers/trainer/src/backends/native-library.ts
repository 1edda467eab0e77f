import { createRequire } from "node:module";
import util from "node:util";
import type { Tf } from "@etude/catalog";
import { nativeAddon, nativePackage } from "./native-addon.ts";
import { requireModule } from "./tfjs.ts";

/** What a native library that computes correctly is. */
export interface NativeFacts {
  readonly gpu: boolean;
  /** True on CPU kernels that run on one thread, which add up in a fixed order. */
  readonly reproducible: boolean;
  /** Version of the TensorFlow library behind the addon. */
  readonly tensorflow: string;
}

/**
 * TensorFlow reads these when it starts. One thread a process, as on wasm: a slot is one core's worth, and with several
 * the order of additions could depend on how many there are.
 */
const presets = {
  TF_FORCE_GPU_ALLOW_GROWTH: "true",
  TF_DETERMINISTIC_OPS: "1",
  TF_NUM_INTRAOP_THREADS: "1",
  TF_NUM_INTEROP_THREADS: "1",
  TF_CPP_MIN_LOG_LEVEL: "2",
};

const deciding = ["TF_DETERMINISTIC_OPS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"] as const;

interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** Loads native TensorFlow into this process. Throws when it is absent or broken, and may abort the process. */
export function loadNative(): NativeFacts & { tf: Tf; version: string } {
  const addon = nativeAddon();
  if (addon === undefined) throw new Error("there is no native addon");
  // tfjs-node 4.22 calls two functions that Node 23 removed.
  const legacy = util as unknown as Record<string, unknown>;
  legacy["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  legacy["isArray"] ??= Array.isArray;
  for (const [name, value] of Object.entries(presets)) process.env[name] ??= value;
  // The package asks this module where its addon is, and would look in its own folder only.
  const inPackage = createRequire(requireModule.resolve(`${nativePackage}/package.json`));
  const finder = inPackage("@mapbox/node-pre-gyp/lib/pre-binding.js") as { find(): string };
  finder.find = () => addon;
  const tf = requireModule(nativePackage) as Tf & { version: Record<string, string> };
  const backend = tf.findBackend("tensorflow") as unknown as NodeBackend | null;
  if (!backend) throw new Error("the native library registered no backend");
  return {
    tf,
    version: tf.version["tfjs-node"] ?? tf.version_core,
    gpu: backend.isUsingGpuDevice,
    reproducible: !backend.isUsingGpuDevice && deciding.every((name) => process.env[name] === presets[name]),
    tensorflow: backend.binding.TF_Version,
  };
}
