/**
 * Time from the commit of points to their arrival at each viewer: one run of 1000 points a second committed every 50 ms,
 * as a worker does it, one API process, all viewers in another process. Then how many viewers an API process has before
 * their 99th percentile passes 250 ms, and its memory with 50 clients that do not read. BENCH_BUS=postgres: without Redis.
 *
 *   node --conditions=source --import tsx bench/fan-out.ts [seconds] [viewers, …]
 */
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { channels, encodePoints, type Ring } from "@etude/contracts";
import { createDatabase } from "@etude/db";
import { createBus, createLogger } from "@etude/service";
import { startProduct } from "../e2e/product.ts";
import { cpuSeconds, machine, memoryMiB } from "./processes.ts";

const [secondsText = "8", ...counts] = process.argv.slice(2);
const seconds = Number(secondsText);
const everyMs = 50;
const keys = ["train/loss", "learning-rate"];
const stepsAtOnce = (1000 * everyMs) / 1000 / keys.length;
const clock = (): number => Number(process.hrtime.bigint()) / 1e6;

const product = await startProduct({
  env: { ETUDE_WORKERS: "0", ETUDE_RATE_LIMIT_PER_MINUTE: "1000000" },
  queue: process.env["BENCH_BUS"] === "postgres" ? "postgres" : "auto",
});
const logger = createLogger({ logLevel: "warn" }, "bench");
const environment = new Map(
  readFileSync(`/proc/${product.pid("api")}/environ`, "utf8")
    .split("\0")
    .map((line) => line.split(/=(.*)/s) as [string, string]),
);
const pgUrl = environment.get("DATABASE_URL") ?? "";
const redisUrl = environment.get("REDIS_URL");
const db = createDatabase({ url: pgUrl, logger });
const bus = createBus(redisUrl ? { redisUrl } : { pgUrl }, logger);

interface Report {
  readonly p50: number;
  readonly p99: number;
  readonly complete: boolean;
}

async function measure(viewers: number, stuck = 0): Promise<Report> {
  const { id } = await product.submit({ kind: "external", name: "fan-out" });
  const child = fork(new URL("./viewers.ts", import.meta.url), {
    execArgv: ["--conditions=source", "--import", "tsx"],
  });
  const told = (type: string) =>
    new Promise<Report>((resolve) =>
      child.on("message", (message) => (message as { type: string }).type === type && resolve(message as Report)),
    );
  const ready = told("ready");
  child.send({ type: "view", url: product.url, runId: id, viewers, stuck });
  await ready;
  const api = product.pid("api");
  const before = { cpu: cpuSeconds(api), memory: memoryMiB(api).now };
  const commits: [number, number][] = [];
  const began = clock();
  for (let batch = 0; batch < (seconds * 1000) / everyMs; batch += 1) {
    await sleep(Math.max(0, began + batch * everyMs - clock()));
    const from = batch * stepsAtOnce;
    const steps = Float64Array.from({ length: Math.round(stepsAtOnce) }, (_, i) => Math.ceil(from) + i);
    const series = keys.map((key) => ({
      key,
      from: commits.length * steps.length,
      steps,
      values: steps.map(Math.sin),
    }));
    const { flushed } = await db.appendPoints(id, { series });
    if (!flushed) throw new Error("nothing was appended");
    const { from: before, to, piece } = flushed;
    commits.push([to, clock()]);
    const ring: Ring = { type: "appended", runId: piece.runId as typeof id, attempt: 1, from: before, to };
    bus.publish(channels.run(id), { header: JSON.stringify(ring), frame: encodePoints(piece) });
  }
  const took = (clock() - began) / 1000;
  const cpu = cpuSeconds(api) - before.cpu;
  const memory = memoryMiB(api);
  await sleep(stuck > 0 ? 500 : 2500);
  const report = told("report");
  child.send({ type: "report", commits });
  const { p50, p99, complete } = await report;
  child.kill();
  console.log(
    JSON.stringify({
      bench: "fan-out",
      bus: bus.kind,
      viewers,
      ...(stuck > 0 && { stuck }),
      p50: +p50.toFixed(1),
      p99: +p99.toFixed(1),
      complete,
      apiCpuPercent: Math.round((100 * cpu) / took),
      apiMemoryMiB: { before: Math.round(before.memory), after: Math.round(memory.now) },
    }),
  );
  return { p50, p99, complete };
}

try {
  console.log(`# ${machine()}`);
  for (const viewers of counts.length > 0 ? counts.map(Number) : [1, 100, 500]) await measure(viewers);
  if (counts.length === 0) {
    let most = 0;
    for (let viewers = 1000; ; viewers += 500) {
      const { p99 } = await measure(viewers);
      if (!(p99 <= 250) || viewers >= 4000) break;
      most = viewers;
    }
    console.log(JSON.stringify({ bench: "fan-out", viewersBefore250Ms: most }));
    await measure(20, 50);
  }
} finally {
  await bus.close();
  await db.close();
  await product.stop();
}
