// `npm run setup:native`: fetches the native TensorFlow library for @tensorflow/tfjs-node-gpu, which npm install leaves
// out on purpose. Tolerant: without the library Etude trains on wasm. --require makes a failure an error (images).
// Behind a mirror set TFJS_NODE_CDN_STORAGE (host with a trailing slash) or TFJS_NODE_BASE_URI.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { ensureDependencies, root } from "./lib/ensure.mjs";

const minutes = 10;
const required = process.argv.includes("--require");

await ensureDependencies();
const folder = dirname(
  createRequire(join(root, "workers/trainer/package.json")).resolve("@tensorflow/tfjs-node-gpu/package.json"),
);
console.log("Fetching the native TensorFlow library (a few hundred MB on Linux) …");
const install = spawnSync(process.execPath, ["scripts/install.js", "gpu", "download"], {
  cwd: folder,
  // The script calls node-pre-gyp by its name.
  env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH}` },
  encoding: "utf8",
  timeout: minutes * 60_000,
});

// A numeric check in a process of its own: a half-installed or unfit library may abort the process that loads it.
const probe = spawnSync(
  process.execPath,
  [
    "-e",
    `const util = require("node:util");
     // tfjs-node 4.22 calls these, which Node 23 removed.
     util.isNullOrUndefined ??= (value) => value === null || value === undefined;
     util.isArray ??= Array.isArray;
     const tf = require("@tensorflow/tfjs-node-gpu");
     const product = tf.matMul([[1, 2], [3, 4]], [[1, 0], [0, 1]]).arraySync();
     if (JSON.stringify(product) !== "[[1,2],[3,4]]") throw new Error("wrong product " + product);
     console.log(JSON.stringify({ gpu: tf.backend().isUsingGpuDevice === true, tensorflow: tf.version }));`,
  ],
  {
    cwd: join(root, "workers/trainer"),
    encoding: "utf8",
    timeout: 120_000,
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
  },
);
if (probe.status === 0) {
  const { gpu } = JSON.parse(probe.stdout.trim().split("\n").at(-1));
  console.log(
    gpu
      ? "Native TensorFlow works, on the GPU."
      : "Native TensorFlow works on its CPU kernels; no usable CUDA 11.2 with cuDNN 8.1 was found.",
  );
  process.exit(0);
}
const why = (text) =>
  (text ?? "")
    .split("\n")
    .filter((line) => /error|ENOTFOUND|cannot|not found/i.test(line))
    .slice(0, 2)
    .join("\n");
console.log(
  [
    "Native TensorFlow is not available here; Etude trains on the wasm backend.",
    install.error?.code === "ETIMEDOUT"
      ? `The download did not finish within ${minutes} minutes.`
      : why(`${install.stdout}\n${install.stderr}`),
    why(probe.stderr),
  ].join("\n"),
);
process.exit(required ? 1 : 0);
