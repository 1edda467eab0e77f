/** kill -9 of any part during a run: it goes on from its last checkpoint and ends with the history of an undisturbed run. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type History, type Run, type RunSpecInput, decodeFrame } from "@etude/contracts";
import { findRedis } from "@etude/embedded";
import { type Product, startProduct } from "./product.ts";

const spec = (name: string): RunSpecInput => ({
  kind: "training",
  name,
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "momentum" },
  schedule: { kind: "greedy", rate: 0.05 },
  batchSize: 32,
  budget: { steps: 2500 },
  evaluateEvery: 100,
  seed: 7,
  checkpoint: { everySteps: 150 },
});

/** Every point of a run but the ones that measure time, as text that differs in the last bit. */
async function fingerprint(product: Product, runId: string): Promise<Map<string, string>> {
  const answer = await fetch(`${product.url}/v1/runs/${runId}/history?format=binary`);
  const frame = decodeFrame(new Uint8Array(await answer.arrayBuffer()));
  if (frame.type !== "points-appended") throw new Error("asked for exact points");
  const bits = (column: Float64Array): string =>
    Buffer.from(column.buffer, column.byteOffset, column.byteLength).toString("base64");
  const kept = frame.series.filter(({ key }) => key !== "elapsed-seconds" && !key.startsWith("system/"));
  return new Map(kept.map(({ key, steps, values }) => [key, `${bits(steps)} ${bits(values)}`]));
}

const past = (step: number) => (run: Run) => run.status === "running" && run.step >= step;

describe.each(["redis", "postgres"] as const)("with the queue on %s", (queue) => {
  // Counted and named as a skip where no Redis is on PATH; in CI the system's package is installed first.
  const available = queue === "postgres" || findRedis() !== null;
  let product: Product;
  let undisturbed: Map<string, string>;

  beforeAll(async () => {
    if (!available) return;
    // A short lease: less waiting for the death of a supervisor to be noticed.
    const env = { ETUDE_LEASE_MS: "4000" };
    product = await startProduct({ env, queue: queue === "postgres" ? "postgres" : "auto" });
    const { id } = await product.submit(spec("undisturbed"));
    const run = await product.waitFor(id);
    expect(run).toMatchObject({ status: "completed", attempt: 1, step: 2500 });
    undisturbed = await fingerprint(product, id);
    expect(undisturbed.size).toBeGreaterThan(4);
  });
  afterAll(async () => {
    if (available) expect(await product.stop()).toBe(0);
  });

  const victims: [string, (product: Product) => number][] = [
    ["the trainer child", (product) => product.trainerChildren()[0] as number],
    ["the supervisor", (product) => product.pid("trainer")],
    ["the API", (product) => product.pid("api")],
    ["Postgres", (product) => product.pid("Postgres")],
    ...(queue === "redis"
      ? ([["Redis", (product) => product.pid("Redis")]] as [string, (product: Product) => number][])
      : []),
  ];

  it.runIf(available).each(victims)("survives kill -9 of %s", async (name, pidOf) => {
    const { id } = await product.submit(spec(`kill ${name}`));
    await product.waitFor(id, past(800));
    const children = product.trainerChildren();
    process.kill(pidOf(product), "SIGKILL");
    const run = await product.waitFor(id);
    expect(run).toMatchObject({ status: "completed", step: 2500, failure: null });
    expect(await fingerprint(product, id)).toEqual(undisturbed);
    if (name === "the supervisor") {
      expect(run.attempt).toBe(2);
      // Its children left with it.
      for (const pid of children) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    }
  });

  it.runIf(available)("keeps what was recorded in order and without doubles after all that", async () => {
    const { runs } = await product.call<{ runs: Run[] }>("GET", "/v1/runs?limit=100");
    for (const { id, points } of runs) {
      const history = await product.call<History>("GET", `/v1/runs/${id}/history`);
      let total = 0;
      for (const series of history.series) {
        if (series.mode !== "exact") throw new Error("asked for exact points");
        const { step } = series.points;
        total += step.length;
        expect(step.every((value, i) => i === 0 || value > (step[i - 1] as number))).toBe(true);
      }
      expect(total).toBe(points);
    }
  });
});

describe("the whole product", () => {
  it("goes on with its runs after kill -9 of the process that watches the others, and after Ctrl-C", async () => {
    const first = await startProduct({ queue: "postgres" });
    const { id } = await first.submit(spec("three starts"));
    await first.waitFor(id, past(600));
    await first.kill();
    const second = await startProduct({ queue: "postgres", dataDir: first.dataDir });
    await second.waitFor(id, past(1500));
    expect(await second.stop()).toBe(0);
    const third = await startProduct({ queue: "postgres", dataDir: first.dataDir });
    const reference = await third.submit(spec("undisturbed"));
    const run = await third.waitFor(id);
    expect(run).toMatchObject({ status: "completed", step: 2500 });
    await third.waitFor(reference.id);
    expect(await fingerprint(third, id)).toEqual(await fingerprint(third, reference.id));
    expect(await third.stop()).toBe(0);
  });
});
