/**
 * Time from a step in the trainer to a frame at a WebSocket client, with 20 viewers: the real product, real training,
 * every process on this machine. A step's own time lies between two batches of the trainer, whose times are noted in
 * the child; within a batch it is interpolated.
 *
 *   node --conditions=source --import tsx bench/live-latency.ts [viewers]
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { live } from "@etude/sdk/node";
import { startProduct } from "../e2e/product.ts";

const viewers = Number(process.argv[2] ?? 20);
const folder = mkdtempSync(join(tmpdir(), "etude-bench-"));
const clock = join(folder, "steps");
const step = pathToFileURL(new URL("./step-clock.mjs", import.meta.url).pathname).href;
const product = await startProduct({ env: { STEP_CLOCK_FILE: clock, NODE_OPTIONS: `--import ${step}` } });
const now = (): number => performance.timeOrigin + performance.now();

/** Arrival of each step's train/loss at one viewer. */
type Arrivals = Map<number, number>;

async function view(runId: string, arrivals: Arrivals, signal: AbortSignal): Promise<void> {
  for await (const event of live({ url: product.url, runId, signal })) {
    const at = now();
    if (event.type === "points-appended") {
      const loss = event.series.find(({ key }) => key === "train/loss");
      for (const step of loss?.steps ?? []) arrivals.set(step, at);
    }
  }
}

try {
  const { id } = await product.submit({
    kind: "training",
    name: "latency",
    dataset: { kind: "digits" },
    model: { kind: "mlp" },
    optimizer: { kind: "momentum" },
    schedule: { kind: "cosine", rate: 0.05 },
    budget: { steps: 6000 },
    evaluateEvery: 200,
  });
  const stop = new AbortController();
  const all = Array.from({ length: viewers }, (): Arrivals => new Map());
  const viewing = all.map((arrivals) => view(id, arrivals, stop.signal));
  const run = await product.waitFor(id, undefined, 180);
  await new Promise((resolve) => setTimeout(resolve, 500));
  stop.abort();
  await Promise.all(viewing);

  const marks = readFileSync(clock, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" ").map(Number) as [number, number]);
  const latencies: number[] = [];
  const sinceBatch: number[] = [];
  for (const arrivals of all) {
    for (let i = 1; i < marks.length; i += 1) {
      const [from, begin] = marks[i - 1]!;
      const [to, end] = marks[i]!;
      for (let s = from; s < to; s += 1) {
        const arrival = arrivals.get(s);
        // The first second is the viewers' own joining.
        if (arrival === undefined || begin < marks[0]![1] + 1000) continue;
        latencies.push(arrival - (begin + ((s + 1 - from) / (to - from)) * (end - begin)));
      }
      const last = arrivals.get(to - 1);
      if (last !== undefined && begin >= marks[0]![1] + 1000) sinceBatch.push(last - end);
    }
  }
  const percentile = (values: number[], p: number): number =>
    values.sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor((values.length * p) / 100))]!;
  const facts = (values: number[]) => ({
    p50: +percentile(values, 50).toFixed(1),
    p99: +percentile(values, 99).toFixed(1),
  });
  console.log(
    JSON.stringify({
      bench: "live-latency",
      viewers,
      steps: run.step,
      stepsPerSecond: run.summary?.stepsPerSecond,
      complete: all.every((arrivals) => arrivals.size === run.step),
      stepToFrameMs: facts(latencies),
      batchToFrameMs: facts(sinceBatch),
    }),
  );
} finally {
  await product.stop();
  rmSync(folder, { recursive: true, force: true });
}
