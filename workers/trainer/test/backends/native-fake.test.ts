// The code around the native library, run with a stand-in for its addon, so that it is tested where the library is not.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { largestGap, trainIn } from "../kit/runs.ts";
import { spec } from "../kit/spec.ts";
import { Trainer } from "../kit/trainer.ts";

// Each test starts processes.
vi.setConfig({ testTimeout: 120_000 });

const fake = JSON.stringify(fileURLToPath(new URL("../kit/fake-addon.cjs", import.meta.url)));
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "etude-native-"));
  // The probe is forked from this process, which vitest gave no loader for TypeScript.
  process.execArgv = ["--conditions=source", "--import", "tsx"];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
// What the probe found is kept for the life of the module.
beforeEach(() => vi.resetModules());

function useAddon(code: string): void {
  const file = join(folder, "addon.cjs");
  writeFileSync(file, code);
  process.env["TFJS_NODE_ADDON"] = file;
}

async function refusals(): Promise<{ cpu: string | undefined; gpu: string | undefined }> {
  const { tensorflow, tensorflowGpu } = await import("../../src/backends/native.ts");
  return { cpu: await tensorflow.refusal(), gpu: await tensorflowGpu.refusal() };
}

test("without an addon both backends are refused, with the command that gets one", async () => {
  process.env["TFJS_NODE_ADDON"] = join(folder, "nothing-here.node");
  const { cpu, gpu } = await refusals();
  expect(cpu).toContain("npm run setup:native");
  expect(gpu).toBe(cpu);
});

test("an addon that finds no GPU serves the CPU backend only", async () => {
  useAddon(`module.exports = require(${fake})()`);
  const { cpu, gpu } = await refusals();
  expect(cpu).toBeUndefined();
  expect(gpu).toContain("found no usable GPU");
});

test("an addon that finds a GPU serves the GPU backend only", async () => {
  useAddon(`module.exports = require(${fake})({ gpu: true })`);
  const { cpu, gpu } = await refusals();
  expect(cpu).toContain("ask for tensorflow-gpu");
  expect(gpu).toBeUndefined();
});

test("an addon that does not load is refused with the loader's words", async () => {
  useAddon(`throw new Error("libcudart.so.11.0: cannot open shared object file")`);
  expect((await refusals()).cpu).toContain("libcudart.so.11.0: cannot open shared object file");
});

test("an addon that ends its process takes only the probe along", async () => {
  useAddon("process.abort()");
  expect((await refusals()).cpu).toBe("native TensorFlow ended the probe with SIGABRT");
});

test("an addon that computes wrong numbers is refused with the number", async () => {
  useAddon(`module.exports = require(${fake})({ replaced: { Softmax: ([input]) => input } })`);
  expect((await refusals()).cpu).toMatch(/wrong numbers: a softmax is \[0\.09.*and came out as \[1, 2, 3\]/);
});

test("the trainer child trains on it what the cpu backend trains, and names the library", async () => {
  useAddon(`module.exports = require(${fake})()`);
  const trainer = new Trainer();
  try {
    const run = spec({ dataset: { kind: "iris" }, model: { kind: "mlp", hidden: [8] }, backend: "tensorflow" });
    const native = await trainIn(trainer, run, folder);
    const cpu = await trainIn(trainer, { ...run, backend: "cpu" }, folder);
    expect(native.backend).toMatchObject({ name: "tensorflow", reproducible: true });
    expect(native.backend.library).toContain("TensorFlow 2.9.1-fake");
    expect(native.end).toMatchObject({ outcome: "completed", failure: null });
    expect(native.complaints).toEqual([]);
    for (const key of ["train/loss", "gradient-norm", "validation/loss"]) {
      const gap = largestGap(native.histories.get(key)!.values, cpu.histories.get(key)!.values);
      expect(gap, key).toBeLessThan(1e-5);
    }
  } finally {
    trainer.stop();
  }
});
