/**
 * Training steps per second of the catalogue's models in the trainer's loop (feed the batch, forward, backward, update,
 * read the loss, record it with accuracy and gradient norm) against a plain PyTorch loop of the same model, batch and
 * optimizer on one thread (forward, backward, update, read the loss). Steps per second of processor time: the wasm and
 * cpu backends use one thread, the native one is pinned to one. Blocks of both sides alternate after one that is not
 * counted; medians are printed, one
 * JSON line a case; `ratio` is ours / PyTorch's. PyTorch comes from the Python of ETUDE_BENCH_PYTHON, else from python3.
 *
 *   node --conditions=source --import tsx bench/pytorch-models.ts [part of a case's name] [backend] [steps] [blocks]
 */
import { type TrainingSpecInput, TrainingSpec } from "@etude/contracts";
import { chooseBackend } from "../workers/trainer/src/backends/choose.ts";
import { loadData } from "../workers/trainer/src/training/data.ts";
import { train } from "../workers/trainer/src/training/loop.ts";
import { prepare } from "../workers/trainer/src/training/prepare.ts";
import { Recorder } from "../workers/trainer/src/training/recorder.ts";
import { startPython } from "./pytorch/python.ts";

const [part = "", backend = "wasm", steps = "1000", blocks = "5"] = process.argv.slice(2);
process.env["TF_NUM_INTRAOP_THREADS"] ??= "1";
process.env["TF_NUM_INTEROP_THREADS"] ??= "1";

interface Case {
  readonly name: string;
  readonly dataset: TrainingSpecInput["dataset"];
  readonly model: TrainingSpecInput["model"];
  readonly optimizer: "sgd" | "adam";
  readonly batch: number;
  /** The same model for models.py. */
  readonly theirs: Readonly<Record<string, unknown>>;
}

const digits = { kind: "digits" } as const;
const mlp = (hidden: number[], optimizer: "sgd" | "adam", batch: number): Case => ({
  name: `mlp-${hidden.join("-") || "none"}, ${optimizer}, batch ${batch}`,
  dataset: digits,
  model: { kind: "mlp", hidden },
  optimizer,
  batch,
  theirs: { kind: "mlp", inputs: 64, hidden, outputs: 10 },
});

const cases: readonly Case[] = [
  mlp([], "sgd", 32),
  mlp([64], "sgd", 32),
  mlp([64], "adam", 32),
  mlp([256, 256], "adam", 64),
  mlp([1024], "adam", 64),
  {
    name: "cnn-16-32, adam, batch 32",
    dataset: digits,
    model: { kind: "cnn", filters: [16, 32] },
    optimizer: "adam",
    batch: 32,
    theirs: { kind: "cnn", side: 8, filters: [16, 32], outputs: 10 },
  },
  {
    name: "embedding-pool-32, adam, batch 32",
    dataset: { kind: "speeches", vocabulary: 2000 },
    model: { kind: "embedding-pool", width: 32 },
    optimizer: "adam",
    batch: 32,
    theirs: { kind: "embedding-pool", vocabulary: 2000, length: 48, width: 32, outputs: 4 },
  },
  {
    name: "transformer-64-4-2, adam, batch 16 of 32 characters",
    dataset: { kind: "moby-dick", length: 32, characters: 40_000 },
    model: { kind: "transformer", width: 64, heads: 4, blocks: 2 },
    optimizer: "adam",
    batch: 16,
    theirs: { kind: "transformer", length: 32, width: 64, heads: 4, blocks: 2, outputs: 79 },
  },
];

const { started, report } = await chooseBackend(backend as "wasm", []);
const python = await startPython<object, object, { stepsPerSecond: number[] }>("models.py");
const print = (line: Readonly<Record<string, unknown>>): void => console.log(JSON.stringify(line));
print({
  backend: report.name,
  library: report.library,
  pytorch: python?.versions ?? "not compared: no Python that can import torch",
});

/** Steps per second of processor time in one block, after `warm` updates that do not count. */
async function ourBlock({ dataset, model, optimizer, batch }: Case, warm: number): Promise<number> {
  const spec = TrainingSpec.parse({
    dataset,
    model,
    optimizer: { kind: optimizer },
    schedule: { kind: "constant", rate: 0.002 },
    batchSize: batch,
    budget: { steps: warm + Number(steps) },
    evaluateEvery: 1_000_000,
  });
  const whole = await loadData(spec.dataset);
  // The one evaluation at the end is not part of the comparison, so it sees few examples.
  const width = (values: Float32Array): number => values.length / whole.validation.count;
  const { inputs, targets } = whole.validation;
  const validation = { count: 1, inputs: inputs.slice(0, width(inputs)), targets: targets.slice(0, width(targets)) };
  const data = { ...whole, validation };
  const { tf, readsAtOnce } = started;
  const prepared = await prepare({ tf, readsAtOnce, spec, data, curves: {}, breathe: async () => {} });
  let begun = process.cpuUsage();
  await train(prepared, {
    recorder: new Recorder(),
    now: () => performance.now(),
    interrupted: () => undefined,
    afterUpdate: async () => {
      if (prepared.moving.step === warm) begun = process.cpuUsage();
    },
    save: async () => {},
  });
  const { user, system } = process.cpuUsage(begun);
  prepared.dispose();
  return (1e6 * Number(steps)) / (user + system);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const significant = (value: number): number => Number(value.toPrecision(3));

for (const item of cases) {
  if (!item.name.includes(part)) continue;
  const [ours, theirs]: [number[], number[]] = [[], []];
  // Not counted: the just-in-time compiler works in it. models.py has a block of its own for that.
  await ourBlock(item, 20);
  for (let block = 0; block < Number(blocks); block++) {
    ours.push(await ourBlock(item, 20));
    const question = { ...item.theirs, batch: item.batch, optimizer: item.optimizer, steps: Number(steps) };
    const answer = await python?.ask({ ...question, blocks: 1 });
    if (answer) theirs.push(...answer.stepsPerSecond);
  }
  print({
    case: item.name,
    stepsPerSecond: significant(median(ours)),
    ...(theirs.length > 0 && {
      pytorch: significant(median(theirs)),
      ratio: significant(median(ours.map((rate, block) => rate / theirs[block]!))),
    }),
  });
}
python?.close();
