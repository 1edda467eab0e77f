/** The API of the whole product, called as users do: through the SDK, with a real trainer behind it. */
import type { TrainingSpecInput } from "@etude/contracts";
import { type Client, createClient, HistoryBuffer, live, type LiveEvent } from "@etude/sdk/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Product, startProduct } from "./product.ts";

let product: Product;
let client: Client;
beforeAll(async () => {
  product = await startProduct();
  client = createClient({ url: product.url });
});
afterAll(async () => {
  expect(await product.stop()).toBe(0);
});

const spec = (changes: Partial<TrainingSpecInput> = {}): TrainingSpecInput => ({
  dataset: { kind: "digits" },
  model: { kind: "mlp", hidden: [16] },
  optimizer: { kind: "sgd" },
  schedule: { kind: "cosine", rate: 0.1 },
  budget: { steps: 300 },
  evaluateEvery: 50,
  ...changes,
});

/** What `live` said until the run was told to have ended. */
async function watch(runId: string): Promise<{ events: LiveEvent[]; history: HistoryBuffer }> {
  const history = new HistoryBuffer(runId);
  const events: LiveEvent[] = [];
  const stop = new AbortController();
  for await (const event of live({ url: product.url, runId, signal: stop.signal })) {
    events.push(event);
    history.apply(event);
    if (event.type === "run-changed" && ["completed", "failed", "cancelled"].includes(event.run.status)) stop.abort();
  }
  return { events, history };
}

test("a run is submitted, watched live, and its history is what was seen", async () => {
  const run = await client.createRun({ body: spec(), study: "end to end" });
  const { events, history } = await watch(run.id);
  const statuses = events.flatMap((event) => (event.type === "run-changed" ? [event.run.status] : []));
  expect(statuses).toContain("running");
  expect(statuses.at(-1)).toBe("completed");

  const done = await client.getRun({ runId: run.id });
  expect(done).toMatchObject({ status: "completed", step: 300, horizon: 300, failure: null, summary: { steps: 300 } });
  const log = await client.readHistory({ runId: run.id });
  if (log.type !== "points-appended") throw new Error("asked for exact points");
  expect(history.cursor).toBe(log.cursor);
  expect(history.points).toBe(done.points);
  for (const { key, steps, values } of log.series) {
    const seen = history.get(key);
    expect([seen?.steps, seen?.values], key).toEqual([steps, values]);
  }
  const rates = log.series.find(({ key }) => key === "learning-rate")?.values;
  const { curve } = await client.previewSchedule({ body: { schedule: { kind: "cosine", rate: 0.1 }, steps: 300 } });
  expect(curve).toMatchObject({ mode: "exact", points: { value: Array.from(rates ?? []) } });
  const study = await client.getStudy({ studyId: done.studyId as string });
  expect(study).toMatchObject({ name: "end to end", runs: { completed: 1 } });
});

test("a run that diverges fails with that reason, and its history is kept", async () => {
  // Least squares beyond the stability bound: the loss grows by a factor every step.
  const unstable = spec({
    dataset: { kind: "diabetes" },
    model: { kind: "mlp", hidden: [] },
    schedule: { kind: "constant", rate: 1000 },
  });
  const { id } = await client.createRun({ body: unstable });
  const run = await product.waitFor(id);
  expect(run).toMatchObject({ status: "failed", failure: { reason: "diverged", step: expect.any(Number) } });
  const { series } = await client.getHistory({ runId: id, key: ["train/loss"] });
  expect(series[0]?.total).toBeGreaterThan(0);
});

test("a run is cancelled at work, goes on from its checkpoint when retried, and is cloned with changes", async () => {
  const long = spec({ budget: { steps: 1_000_000 }, checkpoint: { everySteps: 50 } });
  const { id } = await client.createRun({ body: long });
  await product.waitFor(id, (run) => run.status === "running" && run.step > 120);
  expect((await client.cancelRun({ runId: id })).status).toBe("cancelling");
  const stopped = await product.waitFor(id);
  expect(stopped).toMatchObject({ status: "cancelled", attempt: 1, failure: null });
  await client.retryRun({ runId: id, body: { from: "checkpoint" } });
  const again = await product.waitFor(id, (run) => run.attempt === 2 && run.step > stopped.step);
  expect(again.status).toBe("running");
  await client.cancelRun({ runId: id });
  await product.waitFor(id);
  const { series } = await client.getHistory({ runId: id, key: ["learning-rate"] });
  const [rates] = series;
  if (rates?.mode !== "exact") throw new Error("not exact");
  expect(rates.points.step).toEqual(rates.points.step.map((_, index) => index));

  const copy = await client.cloneRun({ runId: id, body: { changes: { budget: { steps: 20 }, name: "short" } } });
  expect(await product.waitFor(copy.id)).toMatchObject({
    status: "completed",
    name: "short",
    clonedFrom: id,
    step: 20,
  });
  await client.deleteRun({ runId: id });
  await expect(client.getRun({ runId: id })).rejects.toMatchObject({ code: "run_not_found", status: 404 });
});

test("what a worker finds out about the data is said in the run", async () => {
  const { id } = await client.createRun({ body: spec({ model: { kind: "cnn" }, dataset: { kind: "iris" } }) });
  const run = await product.waitFor(id);
  expect(run).toMatchObject({ status: "failed", failure: { reason: "invalid-data" } });
  expect(run.failure?.message).toMatch(/cnn|image|shape/i);
});
