/**
 * From POST /v1/runs to the first committed points of the run at a WebSocket client, with a warm worker; p50 and p95.
 *
 *   node --conditions=source --import tsx bench/job-start.ts [runs]
 */
import { live } from "@etude/sdk/node";
import type { RunSpecInput } from "@etude/contracts";
import { startProduct } from "../e2e/product.ts";
import { machine, percentile } from "./processes.ts";

const runs = Number(process.argv[2] ?? 20);
const spec: RunSpecInput = {
  kind: "training",
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "sgd" },
  schedule: { kind: "constant", rate: 0.05 },
  budget: { steps: 300 },
};
const product = await startProduct({ env: { ETUDE_WORKERS: "1", ETUDE_BACKEND: "wasm" } });
const seconds: number[] = [];
try {
  // The first one warms the worker.
  for (let i = 0; i <= runs; i += 1) {
    const begin = performance.now();
    const { id } = await product.submit(spec);
    for await (const event of live({ url: product.url, runId: id })) {
      if (event.type === "points-appended") break;
    }
    if (i > 0) seconds.push((performance.now() - begin) / 1000);
    await product.waitFor(id);
  }
} finally {
  await product.stop();
}
const [p50, p95] = [50, 95].map((p) => +percentile(seconds, p).toFixed(3));
console.log(JSON.stringify({ bench: "job-start", runs, p50, p95, goal: 1, machine: machine() }));
