import { createRequire } from "node:module";
import { cpus } from "node:os";
import type { Tf } from "@etude/catalog";

/** The packages of TensorFlow.js are CommonJS and must share one core; so they are required, from here. */
export const requireModule = createRequire(import.meta.url);

let core: Tf | undefined;

/** Returns TensorFlow.js in production mode. The whole package, because only that registers the gradients. */
export function tfCore(): Tf {
  if (!core) {
    core = requireModule("@tensorflow/tfjs") as Tf;
    core.enableProdMode();
  }
  return core;
}

/** Returns the version of an installed package, or undefined when it is not installed. */
export function installedVersion(name: string): string | undefined {
  try {
    return (requireModule(`${name}/package.json`) as { version: string }).version;
  } catch {
    return undefined;
  }
}

/** Returns the name of this machine's processor. */
export const processorName = (): string => cpus()[0]?.model.trim() ?? "unknown processor";
