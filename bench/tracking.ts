/**
 * What tracking costs: steps per second of a run inside the whole product (one trainer, every step recorded and
 * committed, nobody watching) against the same work in a bare TensorFlow.js loop in a plain script, each in a process
 * of its own on the wasm backend. Rounds alternate; medians are printed.
 *
 *   node --conditions=source --import tsx bench/tracking.ts [rounds]
 */
import { execFileSync } from "node:child_process";
import type { TrainingSpecInput } from "@etude/contracts";
import { startProduct } from "../e2e/product.ts";

const rounds = Number(process.argv[2] ?? 5);
const cases: { readonly name: string; readonly model: TrainingSpecInput["model"]; readonly steps: number }[] = [
  { name: "mlp-64, sgd", model: { kind: "mlp" }, steps: 6000 },
  { name: "mlp-256-256, sgd", model: { kind: "mlp", hidden: [256, 256] }, steps: 2500 },
  { name: "cnn-16-32, sgd", model: { kind: "cnn" }, steps: 1500 },
];
const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] as number;

const product = await startProduct({ env: { ETUDE_WORKERS: "1", ETUDE_BACKEND: "wasm" } });
try {
  for (const { name, model, steps } of cases) {
    const spec: TrainingSpecInput = {
      kind: "training",
      dataset: { kind: "digits" },
      model,
      optimizer: { kind: "sgd" },
      schedule: { kind: "constant", rate: 0.05 },
      budget: { steps },
      evaluateEvery: 1_000_000,
    };
    const [bare, ours, ratios]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
      const script = ["--conditions=source", "--import", "tsx", "bench/bare-run.ts", JSON.stringify(spec)];
      const alone = Number(execFileSync(process.execPath, script, { encoding: "utf8" }).trim().split("\n").at(-1));
      const { id } = await product.submit(spec);
      const run = await product.waitFor(id, undefined, 180);
      const inside = run.summary?.stepsPerSecond ?? NaN;
      bare.push(alone);
      ours.push(inside);
      ratios.push(inside / alone);
    }
    const line = { bareStepsPerSecond: Math.round(median(bare)), stepsPerSecond: Math.round(median(ours)) };
    console.log(
      JSON.stringify({ bench: "tracking", case: name, ...line, ratio: +median(ratios).toFixed(3), goal: 0.97 }),
    );
  }
} finally {
  await product.stop();
}
