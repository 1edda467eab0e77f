/**
 * Deletes a run of 6.5 million points over HTTP while the memory of the API is watched, and then has a retention policy
 * delete many small runs.
 *
 *   node --conditions=source --import tsx bench/deletion.ts [points in millions]
 */
import { createClient } from "@etude/sdk/node";
import { startProduct } from "../e2e/product.ts";
import { cpuSeconds, machine, memoryMiB } from "./processes.ts";

const points = Number(process.argv[2] ?? 6.5) * 1e6;
const product = await startProduct({ env: { ETUDE_WORKERS: "0", ETUDE_RATE_LIMIT_PER_MINUTE: "1000000" } });
const client = createClient({ url: product.url });
const keys = Array.from({ length: 13 }, (_, i) => `series-${i}`);

async function filled(total: number): Promise<string> {
  const { id } = await client.createRun({ body: { kind: "external", name: "to be deleted" } });
  const each = Math.min(total / keys.length, 50_000);
  for (let from = 0; from < total / keys.length; from += each) {
    const steps = Float64Array.from({ length: each }, (_, i) => from + i);
    const series = keys.map((key) => ({ key, from, steps, values: steps.map((step) => Math.sin(step) / 3) }));
    await client.writeFrame({ runId: id, attempt: 1, series });
  }
  await client.finishRun({ runId: id, body: { outcome: "completed" } });
  return id;
}

try {
  console.log(`# ${machine()}`);
  const api = product.pid("api");
  for (let round = 0; round < 3; round += 1) {
    const id = await filled(points);
    const { points: stored } = await client.getRun({ runId: id });
    const before = { memory: memoryMiB(api).now, cpu: cpuSeconds(product.pid("Postgres")) + cpuSeconds(api) };
    let most = before.memory;
    const watch = setInterval(() => (most = Math.max(most, memoryMiB(api).now)), 5);
    const began = performance.now();
    await client.deleteRun({ runId: id });
    const seconds = (performance.now() - began) / 1000;
    clearInterval(watch);
    const cpu = cpuSeconds(product.pid("Postgres")) + cpuSeconds(api) - before.cpu;
    console.log(
      JSON.stringify({
        bench: "deletion",
        points: stored,
        seconds: +seconds.toFixed(3),
        cpuSeconds: +cpu.toFixed(2),
        apiMemoryMiB: { before: Math.round(before.memory), growth: +(most - before.memory).toFixed(1) },
      }),
    );
  }

  const runs = 200;
  for (let i = 0; i < runs; i += 1) await filled(13_000);
  const began = performance.now();
  await client.setRetention({ body: { rules: { deleteAfterDays: 0 } } });
  while ((await client.listRuns({ limit: 1 })).total > 0) await new Promise((resolve) => setTimeout(resolve, 100));
  const seconds = +((performance.now() - began) / 1000).toFixed(1);
  console.log(JSON.stringify({ bench: "deletion", by: "retention policy", runs, secondsUntilGone: seconds }));
} finally {
  await product.stop();
}
