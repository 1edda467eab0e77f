/**
 * What the training loop costs on top of TensorFlow.js: steps per second of the trainer's loop against a bare loop with
 * the built-in optimizer doing the same work (feed the batch, forward, backward, read the loss, the gradient's norm and
 * the accuracy, update). Prints one JSON line a case, in steps per second of processor time; `ratio` is ours / bare.
 * Blocks alternate; medians are printed.
 *
 *   node --conditions=source --import tsx bench/training-overhead.ts [steps per block] [blocks]
 */
import type { Tf } from "@etude/catalog";
import { type TrainingSpecInput, TrainingSpec } from "@etude/contracts";
import type * as tfc from "@tensorflow/tfjs-core";
import { bareSteps } from "./bare-loop.ts";
import { chooseBackend } from "../workers/trainer/src/backends/choose.ts";
import { loadData } from "../workers/trainer/src/training/data.ts";
import { train } from "../workers/trainer/src/training/loop.ts";
import { prepare, type Prepared } from "../workers/trainer/src/training/prepare.ts";
import { Recorder } from "../workers/trainer/src/training/recorder.ts";

const stepsPerBlock = Number(process.argv[2] ?? 300);
const blocks = Number(process.argv[3] ?? 9);
// Blocks that are not counted: the just-in-time compiler works in them.
const warmUp = 3;
const rate = 0.002;

interface Case {
  readonly name: string;
  readonly model: TrainingSpecInput["model"];
  readonly optimizer: TrainingSpecInput["optimizer"];
  readonly builtIn: (tf: Tf) => tfc.Optimizer;
}

const cases: readonly Case[] = [
  { name: "mlp-64, sgd", model: { kind: "mlp" }, optimizer: { kind: "sgd" }, builtIn: (tf) => tf.train.sgd(rate) },
  { name: "mlp-64, adam", model: { kind: "mlp" }, optimizer: { kind: "adam" }, builtIn: (tf) => tf.train.adam(rate) },
  {
    name: "mlp-256-256, adam",
    model: { kind: "mlp", hidden: [256, 256] },
    optimizer: { kind: "adam" },
    builtIn: (tf) => tf.train.adam(rate),
  },
  {
    name: "cnn-16-32, adam",
    model: { kind: "cnn" },
    optimizer: { kind: "adam" },
    builtIn: (tf) => tf.train.adam(rate),
  },
];

const specOf = ({ model, optimizer }: Case): TrainingSpec =>
  TrainingSpec.parse({
    dataset: { kind: "digits" },
    model,
    optimizer,
    schedule: { kind: "constant", rate },
    budget: { steps: stepsPerBlock },
    evaluateEvery: 1_000_000,
  });

/** Steps per second of processor time: on a shared machine that is steadier than the clock. */
async function stepsPerSecond(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (1e6 * stepsPerBlock) / (user + system);
}

async function ourBlock(prepared: Prepared): Promise<void> {
  await train(prepared, {
    recorder: new Recorder(),
    now: () => performance.now(),
    interrupted: () => undefined,
    afterUpdate: async () => {},
    save: async () => {},
  });
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

const { started, report } = await chooseBackend("wasm", []);
const { tf } = started;
for (const item of cases) {
  const spec = specOf(item);
  const data = await loadData(spec.dataset);
  // The one evaluation at a block's end is not part of the comparison, so it sees few examples.
  const { inputs, targets } = data.validation;
  const validation = { count: 1, inputs: inputs.slice(0, 64), targets: targets.slice(0, 1) };
  const [bare, ours, ratios]: number[][] = [[], [], []];
  for (let block = -warmUp; block < blocks; block++) {
    const make = (): Promise<Prepared> =>
      prepare({ tf, readsAtOnce: true, spec, data: { ...data, validation }, curves: {}, breathe: async () => {} });
    const forBare = await make();
    const optimizer = item.builtIn(tf);
    const bareRate = await stepsPerSecond(() => bareSteps(forBare, optimizer, stepsPerBlock));
    optimizer.dispose();
    forBare.dispose();
    const forUs = await make();
    const ourRate = await stepsPerSecond(() => ourBlock(forUs));
    forUs.dispose();
    if (block < 0) continue;
    bare!.push(bareRate);
    ours!.push(ourRate);
    ratios!.push(ourRate / bareRate);
  }
  const line = {
    case: item.name,
    bareStepsPerSecond: median(bare!),
    stepsPerSecond: median(ours!),
    ratio: median(ratios!),
  };
  console.log(JSON.stringify({ ...line, backend: report.name, device: report.device }));
}
