/**
 * Two jobs at once through the product against two bare TensorFlow.js loops at once, in processes of their own, on wasm:
 * the sum of steps per second of both. Rounds alternate; medians, with the machine's load.
 *
 *   node --conditions=source --import tsx bench/two-jobs.ts [rounds] [steps]
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { RunSpecInput } from "@etude/contracts";
import { startProduct } from "../e2e/product.ts";
import { machine, percentile } from "./processes.ts";

const [rounds, steps] = [Number(process.argv[2] ?? 3), Number(process.argv[3] ?? 6000)];
const spec: RunSpecInput = {
  kind: "training",
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "sgd" },
  schedule: { kind: "constant", rate: 0.05 },
  budget: { steps },
  evaluateEvery: 1_000_000,
};
const script = ["--conditions=source", "--import", "tsx", "bench/bare-run.ts", JSON.stringify(spec)];
const twice = async (one: () => Promise<number>): Promise<number> => {
  const [a, b] = await Promise.all([one(), one()]);
  return a + b;
};
const product = await startProduct({ env: { ETUDE_WORKERS: "2", ETUDE_BACKEND: "wasm" } });
const [bare, ours]: [number[], number[]] = [[], []];
try {
  for (let round = 0; round < rounds; round += 1) {
    bare.push(
      await twice(async () =>
        Number((await promisify(execFile)(process.execPath, script)).stdout.trim().split("\n").at(-1)),
      ),
    );
    ours.push(
      await twice(async () => {
        const run = await product.waitFor((await product.submit(spec)).id, undefined, 180);
        return run.summary?.stepsPerSecond ?? Number.NaN;
      }),
    );
  }
} finally {
  await product.stop();
}
const [bareStepsPerSecond, stepsPerSecond] = [bare, ours].map((rates) => Math.round(percentile(rates, 50)));
const ratio = +percentile(
  ours.map((rate, i) => rate / bare[i]!),
  50,
).toFixed(3);
console.log(
  JSON.stringify({ bench: "two-jobs", bareStepsPerSecond, stepsPerSecond, ratio, goal: 0.97, machine: machine() }),
);
