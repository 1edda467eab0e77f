/**
 * Steps per second of MLP and CNN on native TensorFlow's CPU kernels against wasm and cpu: the two models bare (SGD,
 * loss read every step, batch 64, 28×28 inputs), and runs inside Etude's training loop on the 8×8 digits (Adam).
 *
 *   node --conditions=source --import tsx bench/native.ts [rounds] [part of a case's name]
 *
 * Every cell is a process of its own; rounds alternate between the backends, the median is printed. `stepsPerSecond` is
 * of elapsed time, `perCpuSecond` of processor time, which depends less on what else the machine does; `ratio` is that
 * of perCpuSecond to wasm's. "tensorflow, all cores" lets TensorFlow use them; a trainer gives it one thread.
 */
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { BackendName } from "@etude/contracts";
import { TrainingSpec } from "@etude/contracts";
import * as tf from "@tensorflow/tfjs-core";
import { chooseBackend } from "../workers/trainer/src/backends/choose.ts";
import { nativeAddon } from "../workers/trainer/src/backends/native-addon.ts";
import { loadData } from "../workers/trainer/src/training/data.ts";
import { train } from "../workers/trainer/src/training/loop.ts";
import { prepare } from "../workers/trainer/src/training/prepare.ts";
import { Recorder } from "../workers/trainer/src/training/recorder.ts";
import { models } from "./wasm-models.ts";

interface Variant {
  readonly backend: BackendName;
  readonly threads?: number;
}

const native: Readonly<Record<string, Variant>> = {
  "tensorflow, one thread": { backend: "tensorflow" },
  "tensorflow, all cores": { backend: "tensorflow", threads: availableParallelism() },
};

const variants: Readonly<Record<string, Variant>> = {
  wasm: { backend: "wasm" },
  cpu: { backend: "cpu" },
  ...(nativeAddon() !== undefined && native),
};

interface Timing {
  readonly elapsed: number;
  readonly processor: number;
}

/** Makes `steps` updates; returns seconds a step. */
async function timed(steps: number, work: () => Promise<void>): Promise<Timing> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { elapsed: (performance.now() - start) / 1e3 / steps, processor: (user + system) / 1e6 / steps };
}

function bare(model: string) {
  return async (steps: number): Promise<Timing> => {
    const { weights, loss } = models[model]!({
      crossEntropy: (logits, targets) => tf.losses.softmaxCrossEntropy(targets, logits) as tf.Scalar,
      layerNorm: (x) => x,
      gelu: (x) => x,
    });
    const optimizer = tf.train.sgd(0.01);
    const run = async (count: number): Promise<void> => {
      for (let step = 0; step < count; step++) {
        const { value, grads } = tf.variableGrads(loss, weights);
        optimizer.applyGradients(grads);
        await value.data();
        tf.dispose([value, ...Object.values(grads)]);
      }
    };
    await run(Math.ceil(steps / 10));
    return timed(steps, () => run(steps));
  };
}

function inEtude(model: object, backend: BackendName, batchSize = 32) {
  return async (steps: number): Promise<Timing> => {
    const { started } = await chooseBackend(backend, []);
    const spec = TrainingSpec.parse({
      dataset: { kind: "digits" },
      model,
      batchSize,
      optimizer: { kind: "adam" },
      schedule: { kind: "constant", rate: 0.002 },
      budget: { steps },
      evaluateEvery: 1_000_000,
    });
    const data = await loadData(spec.dataset);
    const run = async (): Promise<Timing> => {
      const { readsAtOnce } = started;
      const prepared = await prepare({ tf, readsAtOnce, spec, data, curves: {}, breathe: async () => {} });
      const timing = await timed(steps, async () => {
        await train(prepared, {
          recorder: new Recorder(),
          now: () => performance.now(),
          interrupted: () => undefined,
          afterUpdate: async () => {},
          save: async () => {},
        });
      });
      prepared.dispose();
      return timing;
    };
    await run();
    return run();
  };
}

interface Case {
  /** Updates that are timed; few where a backend needs seconds for one. */
  readonly steps: Readonly<Partial<Record<BackendName, number>>>;
  readonly make: (backend: BackendName) => (steps: number) => Promise<Timing>;
}

const cases: Readonly<Record<string, Case>> = {
  "MLP 784-128-10, bare": { steps: { cpu: 20, wasm: 300, tensorflow: 300 }, make: () => bare("MLP 784-128-10") },
  "CNN 28x28, bare": { steps: { cpu: 1, wasm: 60, tensorflow: 60 }, make: () => bare("CNN 5x5x8, 3x3x16") },
  "MLP 64-256-256-10, in Etude": {
    steps: { cpu: 50, wasm: 200, tensorflow: 200 },
    make: (backend) => inEtude({ kind: "mlp", hidden: [256, 256] }, backend),
  },
  "MLP 64-1024-1024-10, batch 256, in Etude": {
    steps: { cpu: 1, wasm: 20, tensorflow: 20 },
    make: (backend) => inEtude({ kind: "mlp", hidden: [1024, 1024] }, backend, 256),
  },
  "CNN 8x8, 16-32 filters, in Etude": {
    steps: { cpu: 10, wasm: 100, tensorflow: 100 },
    make: (backend) => inEtude({ kind: "cnn" }, backend),
  },
};

async function cell(variant: string, name: string): Promise<void> {
  const { backend } = variants[variant]!;
  await chooseBackend(backend, []);
  const { steps, make } = cases[name]!;
  console.log(JSON.stringify(await make(backend)(steps[backend]!)));
}

function inChild(variant: string, name: string): Timing {
  const { threads } = variants[variant]!;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), "--cell", variant, name],
    { encoding: "utf8", env: { ...process.env, ...(threads && { TF_NUM_INTRAOP_THREADS: String(threads) }) } },
  );
  if (status !== 0) throw new Error(`${variant}, ${name}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Timing;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

function compare(name: string, rounds: number): void {
  const found = Object.fromEntries(Object.keys(variants).map((variant) => [variant, [] as Timing[]]));
  for (let round = 0; round < rounds; round++) {
    for (const variant of Object.keys(variants)) found[variant]!.push(inChild(variant, name));
  }
  const rate = (variant: string, of: keyof Timing): number => 1 / median(found[variant]!.map((timing) => timing[of]));
  for (const variant of Object.keys(variants)) {
    const perCpuSecond = rate(variant, "processor");
    const line = {
      stepsPerSecond: rate(variant, "elapsed"),
      perCpuSecond,
      ratio: perCpuSecond / rate("wasm", "processor"),
    };
    const rounded = Object.fromEntries(Object.entries(line).map(([key, value]) => [key, Number(value.toPrecision(3))]));
    console.log(JSON.stringify({ case: name, backend: variant, ...rounded }));
  }
}

if (process.argv[2] === "--cell") await cell(process.argv[3]!, process.argv[4]!);
else {
  if (!("tensorflow, one thread" in variants)) console.log("# no native TensorFlow here (npm run setup:native)");
  const [rounds = "3", part = ""] = process.argv.slice(2);
  for (const name of Object.keys(cases).filter((each) => each.includes(part))) compare(name, Number(rounds));
}
