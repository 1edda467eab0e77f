// `npm run setup:native`: gets the native TensorFlow library for @tensorflow/tfjs-node-gpu, which npm install leaves out
// on purpose, and says whether it works. Tolerant: without the library Etude trains on wasm. docs/guides/native.md.
//   -- --require                        a failure ends with exit code 1 (images)
//   -- --wheel tensorflow-cpu==2.12.0   only this wheel of the Python package index
//   -- --again                          even where a working library is in place
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureDependencies, exclusively } from "./lib/ensure.mjs";
import { fetchOfficial } from "./native/official.mjs";
import { addonIn, current, next, packageFolder } from "./native/places.mjs";
import { probe } from "./native/probe.mjs";
import { fetchWheel, wheelProblem, wheels } from "./native/wheel.mjs";

const options = readOptions();

const named = "@tensorflow/tfjs-node-gpu";
if (!packageFolder(named)) await ensureDependencies();
const folder = packageFolder(named);

function readOptions() {
  const flags = { require: { type: "boolean" }, again: { type: "boolean" }, wheel: { type: "string" } };
  try {
    return parseArgs({ options: flags }).values;
  } catch (error) {
    console.error(`${error.message}. Allowed: --require, --again, --wheel <requirement>.`);
    process.exit(2);
  }
}

/** Every way to a library, in order. */
function* ways() {
  if (!options.wheel) {
    const from = process.env.TFJS_NODE_BASE_URI ?? process.env.TFJS_NODE_CDN_STORAGE ?? "TensorFlow.js's own server";
    yield [`the library from ${from}`, () => fetchOfficial(folder)];
  }
  const problem = wheelProblem();
  for (const wheel of options.wheel ? [options.wheel] : wheels) {
    yield [
      `the library in the Python wheel ${wheel}`,
      () => {
        if (problem) throw new Error(problem);
        fetchWheel(wheel, folder);
      },
    ];
    if (problem) return;
  }
}

/** Tries one way after the other until the probe is content. Returns what works, or undefined. */
function install() {
  for (const [what, fetch] of ways()) {
    console.log(`Trying ${what} (a few hundred MB) …`);
    rmSync(next, { recursive: true, force: true });
    mkdirSync(next, { recursive: true });
    try {
      fetch();
      const found = probe(addonIn(next));
      if ("refusal" in found) throw new Error(found.refusal);
      // Only the compiler reads the headers.
      rmSync(join(next, "deps/include"), { recursive: true, force: true });
      rmSync(current, { recursive: true, force: true });
      renameSync(next, current);
      return found.works;
    } catch (error) {
      console.log(`  No: ${error.message}.`);
      rmSync(next, { recursive: true, force: true });
    }
  }
  return undefined;
}

function inPlace() {
  const addon = addonIn(current) ?? addonIn(folder);
  const found = addon && !options.again && !options.wheel ? probe(addon) : {};
  if (found.refusal) console.log(`The library in place does not work: ${found.refusal}.`);
  return found.works;
}

const works = await exclusively("native", async () => inPlace() ?? install());
if (works) {
  const where = works.gpu
    ? "on the GPU"
    : "on its CPU kernels; it found no GPU with the CUDA and cuDNN that it was built for";
  console.log(`Native TensorFlow ${works.tensorflow} works ${where}.`);
} else {
  console.log("Native TensorFlow is not available here; Etude trains on the wasm backend. See docs/guides/native.md.");
}
process.exit(works || !options.require ? 0 : 1);
