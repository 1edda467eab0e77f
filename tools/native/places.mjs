// Where the native library comes from and goes to.
import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { root } from "../lib/ensure.mjs";

const fromTrainer = createRequire(join(root, "workers/trainer/package.json"));

/** Library and addon live here, out of the reach of `npm ci`: `current` is in use, `next` is being made. */
export const current = join(root, ".cache/native/current");
export const next = join(root, ".cache/native/next");

/** The folder of an npm package that the trainer depends on, or undefined when it is not installed. */
export function packageFolder(name) {
  try {
    return dirname(fromTrainer.resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}

export const addonName = "tfjs_binding.node";

/** The addon in a folder that is laid out as the package is (lib/napi-v8), or undefined. */
export function addonIn(folder) {
  const lib = join(folder, "lib");
  const versions = existsSync(lib) ? readdirSync(lib) : [];
  return versions.map((version) => join(lib, version, addonName)).find((file) => existsSync(file));
}

/** The lines of a program's output that say what went wrong, two at most. */
export function why(text) {
  const lines = (text ?? "").split("\n").filter((line) => line.trim() && !/^\s*throw |^Emitted /.test(line));
  const telling = lines.filter((line) =>
    /error|ENOTFOUND|ECONN|cannot|not found|no matching|undefined symbol/i.test(line),
  );
  return (telling.length > 0 ? telling.slice(0, 2) : lines.slice(-1)).map((line) => line.trim()).join("\n  ");
}
