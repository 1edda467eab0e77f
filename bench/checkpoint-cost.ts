/**
 * Processor time of one checkpoint (encode, hash, write, sync) as a share of the default interval between two, on wasm.
 *
 *   node --conditions=source --import tsx bench/checkpoint-cost.ts [checkpoints]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TrainingSpec, type TrainingSpecInput } from "@etude/contracts";
import { chooseBackend } from "../workers/trainer/src/backends/choose.ts";
import { encodeCheckpoint } from "../workers/trainer/src/training/checkpoint.ts";
import { writeSyncedFile } from "../workers/trainer/src/training/checkpoint-file.ts";
import { loadData } from "../workers/trainer/src/training/data.ts";
import { prepare } from "../workers/trainer/src/training/prepare.ts";
import { machine } from "./processes.ts";

const checkpoints = Number(process.argv[2] ?? 30);
const models: readonly TrainingSpecInput["model"][] = [
  { kind: "mlp" },
  { kind: "mlp", hidden: [256, 256] },
  { kind: "mlp", hidden: [1024, 1024] },
];
const { started } = await chooseBackend("wasm", []);
const folder = mkdtempSync(join(tmpdir(), "etude-bench-"));
for (const model of models) {
  const spec = TrainingSpec.parse({
    dataset: { kind: "digits" },
    model,
    optimizer: { kind: "adam" },
    schedule: { kind: "constant", rate: 0.002 },
    budget: { steps: 10 },
  });
  const prepared = await prepare({
    tf: started.tf,
    readsAtOnce: started.readsAtOnce,
    spec,
    data: await loadData(spec.dataset),
    curves: {},
    breathe: async () => {},
  });
  const begun = process.cpuUsage();
  for (let i = 0; i < checkpoints; i++)
    await writeSyncedFile(folder, `${i % 2}.ckpt`, await encodeCheckpoint(prepared, "wasm"));
  const { user, system } = process.cpuUsage(begun);
  const seconds = (user + system) / 1e6 / checkpoints;
  const { parameters } = prepared;
  prepared.dispose();
  const { everySeconds } = spec.checkpoint;
  const line = {
    parameters,
    cpuMs: +(1000 * seconds).toFixed(2),
    everySeconds,
    ratio: +(seconds / everySeconds).toPrecision(2),
  };
  console.log(JSON.stringify({ bench: "checkpoint-cost", ...line, goal: 0.01, machine: machine() }));
}
rmSync(folder, { recursive: true });
