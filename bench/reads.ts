/**
 * Reads of a whole product (API and Postgres as users run them), each many times: what a request takes until its answer
 * is decoded. Without a folder a database of 12 M points is made first; with one, of bench/scale/generate.ts, that.
 *
 *   node --conditions=source --import tsx bench/reads.ts [folder] [rounds]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeFrame, queryFormats, type RunQueryAnswer, type SeriesQueryAnswer } from "@etude/contracts";
import { startProduct } from "../e2e/product.ts";
import { cpuSeconds, machine, percentile } from "./processes.ts";
import { spikesOf, spikeValue } from "./scale/shapes.ts";

const [given, rounds = "40"] = process.argv.slice(2);
const folder = given ?? mkdtempSync(join(tmpdir(), "etude-reads-"));
if (given === undefined) {
  const generate = ["--conditions=source", "--import", "tsx", "bench/scale/generate.ts", folder, "12", "2000"];
  const { status } = spawnSync(process.execPath, generate, { stdio: "inherit" });
  if (status !== 0) throw new Error("the database could not be made");
}
const product = await startProduct({
  dataDir: folder,
  env: { ETUDE_WORKERS: "0", ETUDE_RATE_LIMIT_PER_MINUTE: "1000000" },
});

const servers = [product.pid("api"), product.pid("Postgres")];
/** Seconds of processor time of API and Postgres: the figure that other work on the machine leaves alone. */
const serverCpu = (): number => servers.reduce((sum, pid) => sum + cpuSeconds(pid), 0);

async function post(path: string, body: object, accept = "application/json"): Promise<Buffer> {
  const answer = await fetch(`${product.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", accept },
    body: JSON.stringify(body),
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  if (!answer.ok) throw new Error(`${path}: ${bytes.toString()}`);
  return bytes;
}
const get = async (path: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(`${product.url}${path}`)).arrayBuffer());
const parse = <T>(bytes: Buffer): T => JSON.parse(bytes.toString()) as T;

/** Decodes every frame of an answer; returns how many rows they hold. */
function decodeAll(bytes: Buffer): number {
  let rows = 0;
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32LE(at);
    const frame = decodeFrame(bytes.subarray(at + 8, at + 8 + length));
    for (const one of frame.series) rows += "values" in one ? one.values.length : one.step.length;
    at += 8 + length;
  }
  return rows;
}

interface Measured {
  readonly goal?: number;
  readonly times?: number;
}

async function measure(
  name: string,
  work: () => Promise<number | string>,
  { goal, times = Number(rounds) }: Measured = {},
) {
  const elapsed: number[] = [];
  let result: number | string = 0;
  let used = 0;
  for (let round = -10; round < times; round += 1) {
    if (round === 0) used = serverCpu();
    const began = performance.now();
    result = await work();
    if (round >= 0) elapsed.push(performance.now() - began);
  }
  const cpuMs = +((1000 * (serverCpu() - used)) / times).toFixed(1);
  const [p50, p95] = [percentile(elapsed, 50), percentile(elapsed, 95)].map((ms) => +ms.toFixed(1));
  console.log(
    JSON.stringify({
      bench: "reads",
      case: name,
      p50Ms: p50,
      p95Ms: p95,
      cpuMs,
      ...(goal && { goalMs: goal }),
      result,
    }),
  );
}

const find = async (query: string, more: object = {}): Promise<RunQueryAnswer> =>
  parse(await post("/v1/runs/query", { query, runs: false, limit: 10_000, ...more }));
const series = (ids: readonly string[], more: object = {}) => ({ runs: { ids }, keys: ["train/loss"], ...more });
const frames = async (body: object) => decodeAll(await post("/v1/series/query", body, queryFormats.frames));
const json = async (body: object) => parse<SeriesQueryAnswer>(await post("/v1/series/query", body));
const rowsOf = ({ series }: SeriesQueryAnswer): number =>
  series.reduce((sum, { points }) => sum + points.step.length, 0);

try {
  const total = (await find("", { count: true, limit: 1 })).total ?? 0;
  const points = (await find("", { select: ["points"] })).values[0]?.values.reduce<number>(
    (sum, n) => sum + Number(n),
    0,
  );
  console.log(JSON.stringify({ bench: "reads", runs: total, points, machine: machine() }));
  const long = (await find("horizon = 1000000 limit 1")).ids;
  const middle = (await find("horizon = 100000 limit 1")).ids;
  const twenty = (await find("horizon = 10000 limit 20")).ids;
  const thousand = (await find("order by id limit 1000")).ids;

  await measure("exact, 100 k points, frames", () => frames(series(middle)), { goal: 30 });
  await measure("exact, 100 k points, JSON", async () => rowsOf(await json(series(middle))), { goal: 150 });
  const history = `/v1/runs/${middle[0]}/history?key=train/loss`;
  await measure(
    "exact, 100 k points, history frame",
    async () => (decodeFrame(await get(`${history}&format=binary`)), 1),
    { goal: 30 },
  );
  await measure("exact, 100 k points, history JSON", async () => (parse(await get(history)), 1), { goal: 150 });
  for (const [name, ids] of [
    ["1 M", long],
    ["100 k", middle],
    ["10 k", twenty.slice(0, 1)],
  ] as const) {
    await measure(`bucketed to 1000, ${name} points, frames`, () => frames(series(ids, { width: 1000 })), { goal: 15 });
    await measure(
      `bucketed to 1000, ${name} points, JSON`,
      async () => rowsOf(await json(series(ids, { width: 1000 }))),
      { goal: 15 },
    );
  }
  await measure(
    "bucketed to 1000, the middle half of 1 M points, frames",
    () => frames(series(long, { width: 1000, from: 250_000, to: 749_999 })),
    { goal: 15 },
  );
  await measure("20 runs × 10 k, exact, frames", () => frames(series(twenty)), { goal: 25 });
  await measure("20 runs × 10 k, bucketed to 1000, frames", () => frames(series(twenty, { width: 1000 })), {
    goal: 25,
  });
  await measure(
    "20 runs × 10 k, bucketed to 320, JSON",
    async () => rowsOf(await json(series(twenty, { width: 320 }))),
    { goal: 25 },
  );
  await measure(
    "20 runs × 10 k, mean and band at 200 places",
    async () => (await json(series(twenty, { group: { by: ["schedule.kind"] } }))).groups?.length ?? 0,
  );
  await measure("20 runs × 10 k by seconds, bucketed to 1000, frames", () =>
    frames(series(twenty, { width: 1000, axis: "seconds" })),
  );
  const last = { select: ["last('train/loss')"] };
  await measure("last value of 1000 runs, by id", async () => (await find("", { ids: thousand, ...last })).ids.length, {
    goal: 5,
  });
  await measure("last value of 1000 runs, by query", async () => (await find("limit 1000", last)).ids.length, {
    goal: 5,
  });

  const { series: wide } = await json(series(middle, { width: 1000 }));
  const [one] = wide;
  const seen = one?.mode === "bucketed" ? one.points.max.map(Number) : [];
  const recalled = spikesOf(100_000).filter((spike) => seen.includes(spikeValue(spike, 100_000)));
  console.log(
    JSON.stringify({
      bench: "reads",
      case: "spikes of one point seen at 100 k steps in 1000 buckets",
      result: `${recalled.length} of 20`,
      goal: 20,
    }),
  );

  for (const [name, query] of [
    [
      "spec and summary",
      "schedule.kind = 'cosine' and summary.finalTrainLoss < 0.5 order by summary.finalTrainLoss limit 50",
    ],
    ["any JSON path", "spec.schedule.rate > 0.01 and tags.sweep = 's7' limit 50"],
    [
      "curve summaries",
      "max('learning-rate') > 0.05 and last('train/loss') < 0.6 order by last('train/loss') limit 50",
    ],
    ["value at a step, every run a candidate", "value('train/loss', 500) < 0.5 limit 50"],
    [
      "value at a step, ordered by it",
      "dataset.kind = 'digits' and optimizer.kind = 'sgd' order by value('train/loss', 500) limit 50",
    ],
    [
      "best decile of the area, among its dataset",
      "decile(area('train/loss'), dataset.kind) = 1 order by area('train/loss') limit 50",
    ],
    ["first step below a target", "firstBelow('train/loss', 0.7) < 400 limit 50"],
    [
      "all together",
      "schedule.kind = 'cosine' and summary.finalTrainLoss < 0.7 and value('train/loss', 500) < 1.5 and max('learning-rate') > 0.001 and decile(area('train/loss')) <= 3 order by last('train/loss') limit 50",
    ],
  ] as const)
    await measure(`query: ${name}`, async () => (await find(query)).ids.length, {
      times: Math.min(20, Number(rounds)),
    });
  await measure(
    "query: values at a step of 1000 runs",
    async () => (await find("", { ids: thousand, select: ["value('train/loss', 300)"] })).ids.length,
  );
  await measure(
    "query: first step below a target of 1000 runs",
    async () => (await find("", { ids: thousand, select: ["firstBelow('train/loss', 0.8)"] })).ids.length,
    { times: 10 },
  );
  await measure(
    "similar rates among all runs",
    async () =>
      parse<{ searched: number }>(await post("/v1/runs/similar", { like: { runId: twenty[0] }, scaleFree: true }))
        .searched,
  );
  for (const format of ["csv", "ndjson", "arrow", "parquet"] as const)
    await measure(
      `1 M points as ${format}`,
      async () => `${(await post("/v1/series/query", series(long), queryFormats[format])).length} bytes`,
      { times: 3 },
    );
} finally {
  await product.stop();
  if (given === undefined) rmSync(folder, { recursive: true, force: true });
}
