// The way of TensorFlow.js: its own script downloads the library (TensorFlow 2.9.1 on Linux) and the addon.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../lib/ensure.mjs";
import { buildAddon } from "./build-addon.mjs";
import { addonIn, next, why } from "./places.mjs";

const minutes = 10;

/**
 * Downloads library and addon and moves them to `next`. The script reads TFJS_NODE_CDN_STORAGE (host with a trailing
 * slash) and TFJS_NODE_BASE_URI. Where only the library can be had, the addon is compiled. Throws when there is none.
 */
export function fetchOfficial(folder) {
  const install = spawnSync(process.execPath, ["scripts/install.js", "gpu", "download"], {
    cwd: folder,
    // The script calls node-pre-gyp by its name.
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}` },
    encoding: "utf8",
    timeout: minutes * 60_000,
  });
  mkdirSync(next, { recursive: true });
  for (const part of ["deps", "lib"]) {
    const made = join(folder, part);
    if (!existsSync(made)) continue;
    cpSync(made, join(next, part), { recursive: true, verbatimSymlinks: true });
    rmSync(made, { recursive: true });
  }
  if (addonIn(next)) return;
  if (existsSync(join(next, "deps/include"))) return buildAddon(folder);
  throw new Error(
    install.error?.code === "ETIMEDOUT"
      ? `the download did not finish within ${minutes} minutes`
      : why(`${install.stdout}\n${install.stderr}`),
  );
}
