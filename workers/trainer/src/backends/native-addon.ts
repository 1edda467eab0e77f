import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installedVersion, requireModule } from "./tfjs.ts";

/** The GPU build holds the CPU kernels too, so one package serves both. */
export const nativePackage = "@tensorflow/tfjs-node-gpu";

/** Where setup:native keeps library and addon, laid out as in the package; `npm ci` would wipe them there. */
const kept = fileURLToPath(new URL("../../../../.cache/native/current", import.meta.url));

const addonName = "tfjs_binding.node";

function addonIn(folder: string): string | undefined {
  const lib = join(folder, "lib");
  if (!existsSync(lib)) return undefined;
  return readdirSync(lib)
    .map((version) => join(lib, version, addonName))
    .find((file) => existsSync(file));
}

/**
 * Returns the file of the native addon: the one that TFJS_NODE_ADDON names, else the one that setup:native made, else
 * the package's own. Undefined without one; the npm package alone is only JavaScript.
 */
export function nativeAddon(): string | undefined {
  if (!installedVersion(nativePackage)) return undefined;
  const named = process.env["TFJS_NODE_ADDON"];
  if (named) return existsSync(named) ? named : undefined;
  return addonIn(kept) ?? addonIn(dirname(requireModule.resolve(`${nativePackage}/package.json`)));
}
