import util from "node:util";
import type { Tf } from "@etude/catalog";
import { requireModule } from "./tfjs.ts";

/** The GPU build holds the CPU kernels too, so one package serves both. */
export const nativePackage = "@tensorflow/tfjs-node-gpu";

/** What the probe reports of a library that computes correctly. */
export interface NativeProbe {
  readonly gpu: boolean;
}

/** Loads native TensorFlow into this process. Throws when it is absent or broken, and may abort the process. */
export function loadNative(): { tf: Tf; version: string; gpu: boolean } {
  // tfjs-node 4.22 calls two functions that Node 23 removed.
  const legacy = util as unknown as Record<string, unknown>;
  legacy["isNullOrUndefined"] ??= (value: unknown) => value === null || value === undefined;
  legacy["isArray"] ??= Array.isArray;
  process.env["TF_FORCE_GPU_ALLOW_GROWTH"] ??= "true";
  process.env["TF_DETERMINISTIC_OPS"] ??= "1";
  const tf = requireModule(nativePackage) as Tf & { version: Record<string, string> };
  const backend = tf.findBackend("tensorflow") as { isUsingGpuDevice?: boolean } | null;
  if (!backend) throw new Error("the native library registered no backend");
  return { tf, version: tf.version["tfjs-node"] ?? tf.version_core, gpu: backend.isUsingGpuDevice === true };
}
