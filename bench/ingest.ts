/**
 * Points of external runs into the whole product: binary frames and JSON by plain HTTP with several clients, the SDK's
 * logger, small appends to a run of a million points, and rates from the server. CPU is that of API and Postgres together.
 *
 *   node --conditions=source --import tsx bench/ingest.ts [points in millions]
 */
import { encodePoints, frameType, type Run } from "@etude/contracts";
import { createClient, logger } from "@etude/sdk/node";
import { startProduct } from "../e2e/product.ts";
import { cpuSeconds, machine, percentile } from "./processes.ts";

const millions = Number(process.argv[2] ?? 4);
const product = await startProduct({ env: { ETUDE_WORKERS: "0", ETUDE_RATE_LIMIT_PER_MINUTE: "1000000" } });
const servers = [product.pid("api"), product.pid("Postgres")];

const start = async (): Promise<string> => (await product.submit({ kind: "external", name: "ingest" })).id;
const keys = ["train/loss", "learning-rate", "gradient-norm", "momentum"];

/** A noisy loss in float64, and three smooth columns that float32 holds. */
const columnsOf = (key: string, from: number, n: number): { steps: Float64Array; values: Float64Array } => ({
  steps: Float64Array.from({ length: n }, (_, i) => from + i),
  values: Float64Array.from({ length: n }, (_, i) =>
    key === "train/loss" ? Math.exp(-(from + i) / 5e5) + Math.random() / 10 : Math.fround(Math.cos((from + i) / 1e4)),
  ),
});

async function post(runId: string, contentType: string, body: Uint8Array | string): Promise<void> {
  const answer = await fetch(`${product.url}/v1/runs/${runId}/points`, {
    method: "POST",
    headers: { "content-type": contentType },
    body: body as BodyInit,
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status}: ${text}`);
}

const requestOf = (runId: string, binary: boolean, from: number, n: number): Uint8Array | string => {
  const series = keys.map((key, index) => ({ key, index, from, ...columnsOf(key, from, n / keys.length) }));
  if (binary) return encodePoints({ runId, attempt: 1, from: 0, to: 0, cursor: "", series });
  const plain = series.map(({ key, steps, values }) => ({
    key,
    from,
    steps: { first: steps[0], stride: 1 },
    values: Array.from(values),
  }));
  return JSON.stringify({ series: plain });
};

async function measured(
  name: string,
  points: number,
  work: () => Promise<void>,
  more: Record<string, unknown> = {},
): Promise<void> {
  const cpu = (): number => servers.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  const [before, began] = [cpu(), performance.now()];
  await work();
  const seconds = (performance.now() - began) / 1000;
  const used = cpu() - before;
  console.log(
    JSON.stringify({
      bench: "ingest",
      by: name,
      points,
      ...more,
      pointsPerSecond: Math.round(points / seconds),
      cpuMsPer1000: +((used * 1e6) / points).toFixed(3),
    }),
  );
}

/** Bodies are made before the clock starts: what is measured is the server. */
async function plain(binary: boolean, pointsAtOnce: number, requests: number, clients: number): Promise<void> {
  const runs = await Promise.all(Array.from({ length: clients }, start));
  const each = pointsAtOnce / keys.length;
  const bodies = runs.map((id) =>
    Array.from({ length: requests / clients }, (_, i) => requestOf(id, binary, i * each, pointsAtOnce)),
  );
  const type = binary ? frameType : "application/json";
  await measured(
    binary ? "binary" : "JSON",
    pointsAtOnce * requests,
    async () => {
      await Promise.all(
        runs.map(async (id, at) => {
          for (const body of bodies[at] ?? []) await post(id, type, body);
        }),
      );
    },
    { pointsAtOnce, clients },
  );
}

async function bySdk(points: number): Promise<void> {
  const client = createClient({ url: product.url });
  const log = logger({ client, spec: { kind: "external", name: "sdk" }, batch: { points: 20_000 } });
  await measured("SDK logger", points, async () => {
    for (let step = 0; step < points / 2; step += 1) {
      log.log({ step, values: { "train/loss": Math.random(), "learning-rate": 0.1 } });
      if (step % 10_000 === 9999) await new Promise(setImmediate);
    }
    await log.finish();
  });
}

async function small(): Promise<void> {
  const id = await start();
  await post(id, frameType, requestOf(id, true, 0, 1_000_000));
  const took: number[] = [];
  const points = 1000;
  await measured("small appends to 1 M points", points, async () => {
    for (let i = 0; i < points / 10; i += 1) {
      const series = [{ key: "train/loss", from: 250_000 + i * 10, steps: { first: 250_000 + i * 10, stride: 1 } }];
      const values = Array.from({ length: 10 }, Math.random);
      const began = performance.now();
      await post(id, "application/json", JSON.stringify({ series: series.map((one) => ({ ...one, values })) }));
      took.push(performance.now() - began);
    }
  });
  const ms = { p50: +percentile(took, 50).toFixed(2), p99: +percentile(took, 99).toFixed(2) };
  const { points: total } = await product.call<Run>("GET", `/v1/runs/${id}`);
  console.log(JSON.stringify({ bench: "ingest", by: "small appends to 1 M points", total, roundTripMs: ms }));
}

/** The rate of the next step, asked of the server: a schedule with a state, one round trip after the other. */
async function rates(): Promise<void> {
  const client = createClient({ url: product.url });
  const schedule = { kind: "greedy", rate: 0.05 } as const;
  const { id } = await product.submit({ kind: "external", schedule, horizon: 10_000 });
  const took: number[] = [];
  for (let step = 0; step < 500; step += 1) {
    const began = performance.now();
    await client.nextRate({ runId: id, body: { step, loss: Math.random(), evalLoss: Math.random() } });
    took.push(performance.now() - began);
  }
  const ms = { p50: +percentile(took, 50).toFixed(2), p99: +percentile(took, 99).toFixed(2) };
  console.log(JSON.stringify({ bench: "ingest", by: "rates from the server", roundTripMs: ms }));
}

try {
  console.log(`# ${machine()}`);
  for (let round = 0; round < 3; round += 1) await plain(true, 1_000_000, millions, 2);
  await plain(true, 100_000, millions * 10, 4);
  await plain(true, 4000, 400, 4);
  await plain(false, 1_000_000, 2, 2);
  await plain(false, 100_000, 20, 4);
  await plain(false, 4000, 400, 4);
  await bySdk(1_000_000);
  await small();
  await rates();
} finally {
  await product.stop();
}
