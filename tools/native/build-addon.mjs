// Compiles the addon of @tensorflow/tfjs-node-gpu against the library in `next`: two files, so no build system.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { addonName, next, packageFolder, why } from "./places.mjs";

const napi = 8;

/** The C++ compiler: the one that CXX names, else the first on PATH. */
export function findCompiler() {
  const works = (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0;
  return [process.env.CXX, "g++", "c++", "clang++"].find((name) => name && works(name));
}

/** Compiles next/deps and the sources in the npm package to next/lib/napi-v8. Throws with the compiler's message. */
export function buildAddon(folder) {
  const compiler = findCompiler();
  if (!compiler) throw new Error("the addon must be compiled here, and there is no C++ compiler (g++, clang++ or CXX)");
  const target = join(next, `lib/napi-v${napi}`);
  mkdirSync(target, { recursive: true });
  const include = join(next, "deps/include");
  const lib = join(next, "deps/lib");
  // Later versions of TensorFlow keep a part of their headers in trees of their own.
  const includes = [include, join(include, "external/local_tsl"), join(include, "external/local_xla")];
  const { status, stderr } = spawnSync(
    compiler,
    [
      ..."-std=c++17 -O2 -fPIC -shared -w".split(" "),
      `-DNAPI_VERSION=${napi}`,
      ...[...includes, join(packageFolder("node-api-headers"), "include")].map((path) => `-I${path}`),
      join(folder, "binding/tfjs_backend.cc"),
      join(folder, "binding/tfjs_binding.cc"),
      "-o",
      join(target, addonName),
      `-L${lib}`,
      "-ltensorflow",
      "-ltensorflow_framework",
      // As in binding.gyp: the folder can be moved as a whole.
      "-Wl,-rpath,$ORIGIN/../../deps/lib",
    ],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(`the addon does not compile: ${why(stderr)}`);
}
