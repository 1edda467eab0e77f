/**
 * Loops elsewhere log, and viewers watch, while parts of the product are killed under them: nothing acknowledged is
 * lost, nothing comes twice. What the worker does with a run of its own in such cases is in crash.test.ts.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { History, PointsReceipt, ProblemBody } from "@etude/contracts";
import { findRedis } from "@etude/embedded";
import { createClient, live, logger } from "@etude/sdk/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EventClient } from "../apps/api/test/event-client.ts";
import { type Front, startFront } from "./front.ts";
import { type Product, startProduct } from "./product.ts";
import { type Replica, startReplica } from "./replica.ts";

// The environment of a process is read from /proc.
const possible = process.platform === "linux";
const valueAt = (step: number): number => (step % 997 === 0 ? Number.NaN : Math.sin(step) / (step + 1));
let product: Product;
let replica: Replica;
let front: Front;

beforeAll(async () => {
  if (!possible) return;
  product = await startProduct({ env: { ETUDE_WORKERS: "0", ETUDE_RATE_LIMIT_PER_MINUTE: "1000000" } });
  replica = await startReplica(product);
  front = await startFront([replica.url, product.url]);
});
afterAll(async () => {
  if (!possible) return;
  await front.close();
  await replica.kill();
  expect(await product.stop()).toBe(0);
});

/** Takes the events of a run, coming back whenever the stream breaks. */
function watchEvents(runId: string, until: AbortSignal): () => EventClient | undefined {
  let client: EventClient | undefined;
  void (async () => {
    while (!until.aborted) {
      try {
        client = await EventClient.open(`${front.url}/v1/runs/${runId}/events`, client ? { before: client } : {});
        while (!client.ended && !until.aborted) await sleep(20);
      } catch {
        // Nobody answers at the moment.
      }
      await sleep(100);
    }
    client?.close();
  })();
  return () => client;
}

/** Takes the points of a run by the SDK. */
function watchSocket(runId: string, until: AbortSignal): { steps: number[]; values: number[] } {
  const seen = { steps: [] as number[], values: [] as number[] };
  void (async () => {
    const backoff = { baseMs: 50, capMs: 500 };
    for await (const event of live({ url: front.url, runId, backoff, signal: until })) {
      if (event.type !== "points-appended") continue;
      for (const { steps, values } of event.series) {
        seen.steps.push(...steps);
        seen.values.push(...values);
      }
    }
  })();
  return seen;
}

async function recorded(runId: string): Promise<{ steps: number[]; values: (number | string)[] }> {
  const { series } = await product.call<History>("GET", `/v1/runs/${runId}/history`);
  const [one] = series;
  if (one?.mode !== "exact") throw new Error("asked for exact points");
  return { steps: one.points.step, values: one.points.value };
}

const counted = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const expected = (n: number): (number | string)[] =>
  counted(n).map((step) => (Number.isNaN(valueAt(step)) ? "NaN" : valueAt(step)));

/** A loop logs 6000 steps within seconds, two viewers watch, and `disturb` happens in the middle. */
async function logThrough(disturb: () => Promise<void>): Promise<void> {
  const steps = 6000;
  const client = createClient({ url: front.url });
  const log = logger({
    client,
    spec: { kind: "external", name: "disturbed" },
    batch: { ms: 20, points: 200 },
    backoff: { baseMs: 50, capMs: 500 },
  });
  log.log({ step: 0, values: { "train/loss": valueAt(0) } });
  await log.flush();
  const runId = log.runId ?? "";
  const stop = new AbortController();
  const events = watchEvents(runId, stop.signal);
  const seen = watchSocket(runId, stop.signal);
  let disturbed: Promise<void> | undefined;
  for (let step = 1; step < steps; step += 1) {
    log.log({ step, values: { "train/loss": valueAt(step) } });
    if (step % 100 === 0) await sleep(30);
    if (step === 2000) disturbed = disturb();
  }
  await disturbed;
  await log.finish();
  expect(await recorded(runId)).toEqual({ steps: counted(steps), values: expected(steps) });
  await expect.poll(() => seen.steps.length, { timeout: 20_000 }).toBe(steps);
  expect(seen).toEqual({ steps: counted(steps), values: counted(steps).map(valueAt) });
  await expect.poll(() => events()?.clients.get(runId)?.size, { timeout: 20_000 }).toBe(steps);
  expect(events()?.faults).toEqual([]);
  stop.abort();
}

/** Resolves when the part runs again under another process id. */
async function killed(part: string): Promise<void> {
  const pid = product.pid(part);
  process.kill(pid, "SIGKILL");
  await expect.poll(() => product.pid(part) !== pid, { timeout: 30_000 }).toBe(true);
}

describe.runIf(possible)("a loop that logs and viewers that watch go on through kill -9", () => {
  it("of Postgres, twice", async () => {
    await logThrough(async () => {
      await killed("Postgres");
      await sleep(1000);
      await killed("Postgres");
    });
  });

  // Counted and named as a skip where no Redis is on PATH.
  it.runIf(findRedis() !== null)("of Redis", async () => {
    await logThrough(() => killed("Redis"));
  });

  it("of one of two API processes, and then of the other", async () => {
    await logThrough(async () => {
      await killed("api");
      await product.waitFor((await product.submit({ kind: "external" })).id, ({ status }) => status === "running");
      await replica.kill();
    });
    replica = await startReplica(product);
    await front.close();
    front = await startFront([replica.url, product.url]);
  });
});

describe.runIf(possible)("two writers of one run", () => {
  it("send batches late, again and out of order to two servers while both and Postgres die: each point is there once", async () => {
    const { id } = await product.submit({ kind: "external", name: "two writers" });
    const [batches, size] = [60, 70];
    const refusals = new Set<string>();
    let acknowledged = 0;
    /** Sends one batch until it is in; a gap is another batch's turn. */
    const send = async (url: string, batch: number): Promise<boolean> => {
      const from = batch * size;
      const values = expected(from + size).slice(from);
      const series = [{ key: "train/loss", from, steps: { first: from, stride: 1 }, values }];
      try {
        const answer = await fetch(`${url}/v1/runs/${id}/points`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ series }),
        });
        const body: unknown = await answer.json();
        if (answer.ok) acknowledged = Math.max(acknowledged, (body as PointsReceipt).points);
        else {
          const { code, remedy } = body as ProblemBody;
          refusals.add(code);
          expect(remedy.length).toBeGreaterThan(20);
        }
        return answer.ok;
      } catch {
        return false;
      }
    };
    /** Its own order, from a seed; what is refused comes again, and some of what was taken as well. */
    const writer = async (urls: readonly string[], seed: number): Promise<void> => {
      let state = seed;
      const random = (n: number): number => {
        state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
        return Math.floor((state / 2_147_483_648) * n);
      };
      const waiting = new Set(counted(batches));
      for (let tries = 0; waiting.size > 0; tries += 1) {
        const next = Math.min(...waiting) + random(4) - 1;
        const batch = Math.max(0, Math.min(batches - 1, next));
        if (await send(urls[tries % urls.length] ?? "", batch)) waiting.delete(batch);
        await sleep(random(20));
      }
    };
    const faults = async (): Promise<void> => {
      await sleep(400);
      await killed("Postgres");
      await killed("api");
    };
    await Promise.all([writer([replica.url, front.url], 7), writer([product.url, front.url], 11), faults()]);
    const total = batches * size;
    expect(acknowledged).toBe(total);
    expect(await recorded(id)).toEqual({ steps: counted(total), values: expected(total) });
    for (const code of refusals) expect(["points_gap", "not_ready", "overloaded"]).toContain(code);
    expect(refusals).toContain("points_gap");
  });
});
