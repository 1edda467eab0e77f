import type { EvidenceCurves, EvidencePage, Evidence, Recommendation, Run } from "@etude/contracts";
import { createLogger } from "@etude/service";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { settleDue } from "../src/evidence/settle-due.ts";
import { type Api, createRun, nobody, problemOf, smallRun, startApi } from "./harness.ts";
import { Worker } from "./worker.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { call, db } = api;
const logger = createLogger({ logLevel: "silent" }, "test");

/** Trains a run as a worker would: the loss falls to `floor`. */
async function finished(spec: object, floor: number, { db, bus }: Api = api): Promise<Run> {
  const { id } = await createRun(api, spec);
  const worker = await Worker.claim({ db, bus }, id);
  const series = {
    "train/loss": (step: number) => floor + 2 * Math.exp(-step / 10),
    "learning-rate": (step: number) => 0.1 * (1 - step / 100),
  };
  await worker.record(series, 0, 100);
  await worker.finish();
  return db.runs.get(id);
}
const ofKind = (kind: string, seed: number, rate = 0.1) => ({ ...smallRun, seed, schedule: { kind, rate } });
const { schedule: _, ...task } = smallRun;
const query = async (payload: object): Promise<EvidencePage> => (await call("queryEvidence", { payload })).json();
const recommend = async (payload: object): Promise<Recommendation> => (await call("recommend", { payload })).json();

describe("evidence", () => {
  it("is refused where there is none, and advice says that it is only customary", async () => {
    expect(problemOf(await call("queryEvidence", { payload: {} }))).toMatchObject({
      code: "no_evidence",
      detail: expect.stringContaining("no run has ended yet"),
    });
    const advice = await recommend({ task: { run: task }, shipped: false });
    expect(advice).toMatchObject({ support: 0, reason: expect.stringContaining("no evidence yet") });
    expect(advice.schedules.map(({ schedule }) => schedule.kind)).toEqual(["wsd", "linear", "greedy"]);
    expect(advice.schedules[0]).toMatchObject({ support: { trainings: 0 }, rate: { base: 0.1, from: "custom" } });
    const submitted = await call("createRun", { payload: advice.schedules[2]!.spec! });
    expect(submitted.statusCode).toBe(202);
    await call("cancelRun", { params: { runId: submitted.json<Run>().id } });
  });

  it("is left by every finished run, once, and cited by a recommendation", async () => {
    const runs = [
      await finished(ofKind("cosine", 1), 0.5),
      await finished(ofKind("cosine", 2), 0.6),
      await finished(ofKind("linear", 1), 0.2),
      await finished(ofKind("constant", 1), 0.9),
    ];
    expect(await settleDue({ db, logger })).toBe(4);
    expect(await settleDue({ db, logger })).toBe(0);
    const { cells, total } = await query({});
    expect(total).toBe(3);
    const cosine = cells.find(({ scheduleKind }) => scheduleKind === "cosine")!;
    expect(cosine).toMatchObject({
      all: { count: 2, diverged: 0 },
      task: { family: "digits", domain: "vision", model: "mlp", optimizer: "sgd", steps: 100 },
      features: { classes: 10, lossAtStart: expect.any(Number), topCurvature: null },
      baseRate: 0.1,
      runIds: expect.arrayContaining([runs[0]!.id, runs[1]!.id]),
    });
    expect(cosine.features.logD).toBeCloseTo(Math.log(64));

    const advice = await recommend({ task: { run: task }, k: 2, shipped: false });
    const [best] = advice.schedules;
    expect(best).toMatchObject({
      schedule: { kind: "linear", rate: 0.1 },
      rate: { base: 0.1, from: "this task" },
      predicted: { from: "seeds of this task", regret: { median: 1 } },
      support: { cells: 1, trainings: 1, tasks: 1, shipped: 0 },
      runIds: [runs[2]!.id],
    });
    expect(advice.schedules[1]!.schedule.kind).toBe("cosine");
    expect((await call("createRun", { payload: best!.spec! })).statusCode).toBe(202);
    const known = await recommend({ task: { known: cosine.task.id }, k: 2, shipped: false });
    expect(known.schedules.map(({ shape }) => shape)).toEqual(advice.schedules.map(({ shape }) => shape));
    const withShipped = await recommend({ task: { run: task }, k: 2 });
    expect(withShipped.schedules.map(({ shape }) => shape)).toEqual(advice.schedules.map(({ shape }) => shape));
    const { trainings, shipped } = withShipped.schedules[0]!.support;
    expect(trainings - shipped).toBe(1);
    expect(withShipped.reason).toContain(`from the shipped corpus`);
  });

  it("counts a run once that is retried or settled again, and forgets a deleted one", async () => {
    const run = await finished(ofKind("cosine", 9), 0.5);
    await settleDue({ db, logger });
    const before = await query({ by: "row", filter: { run: run.id } });
    await db.evidence.settle(run.id, before.rows[0]!);
    expect(await db.evidence.add(before.rows)).toBe(0);
    expect((await query({ by: "row", filter: { run: run.id } })).total).toBe(1);
    const seeds = await query({ filter: { schedule: "cosine", seeds: { from: 5, to: 99 } } });
    expect(seeds.cells).toMatchObject([{ all: { count: 1 } }]);
    await call("deleteRun", { params: { runId: run.id } });
    expect(problemOf(await call("queryEvidence", { payload: { filter: { run: run.id } } })).code).toBe("no_evidence");
    const advice = await recommend({ task: { run: task }, k: 3, shipped: false });
    expect(advice.schedules.map(({ support }) => support.trainings)).toEqual([1, 2, 1]);
  });

  it("averages the curves of like runs, with bands", async () => {
    const payload = { filter: { schedule: "cosine" }, places: 10 };
    const { bands, grid } = (await call("averageCurves", { payload })).json<EvidenceCurves>();
    expect(grid).toHaveLength(10);
    expect(bands).toHaveLength(1);
    expect(bands[0]!.count).toEqual(Array.from({ length: 10 }, () => 2));
    expect(bands[0]!.mean[0]).toBeCloseTo(2.55);
    expect(bands[0]!.deviation[0]).toBeCloseTo(0.1 / Math.SQRT2);
  });

  it("comes back from a file as it left", async () => {
    const exported = await call("exportEvidence", { payload: { format: "ndjson" } });
    const rows = exported.body
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Evidence);
    expect(rows).toHaveLength(4);
    expect((await call("importEvidence", { payload: { rows } })).json()).toEqual({ received: 4, added: 0 });
    const from = (row: Evidence) => {
      const { runId: __, ...rest } = row;
      return { ...rest, source: "import", importId: "elsewhere" };
    };
    const moved = { rows: rows.map(from) };
    expect((await call("importEvidence", { payload: moved })).json()).toEqual({ received: 4, added: 4 });
    expect((await call("importEvidence", { payload: moved })).json()).toEqual({ received: 4, added: 0 });
    const { rows: back } = await query({ by: "row", filter: { source: "import" } });
    const bare = ({ id: __, source: ___, runId: ____, importId: _____, ...row }: Evidence) => row;
    const sorted = (all: readonly Evidence[]) => all.map(bare).toSorted((a, b) => (a.at < b.at ? -1 : 1));
    expect(sorted(back)).toEqual(sorted(rows));
  });

  it("is exported for other tools: summaries, and every step with the rate applied there", async () => {
    const csv = await call("exportEvidence", { payload: { filter: { source: "run" } } });
    expect(csv.headers["content-type"]).toContain("text/csv");
    const [head, ...lines] = csv.body.trim().split("\r\n");
    expect(head).toContain("taskHash");
    expect(lines).toHaveLength(4);
    const dense = await call("exportEvidence", {
      payload: { filter: { schedule: "linear" }, what: "curves", format: "parquet" },
    });
    const file = Uint8Array.from(dense.rawPayload).buffer;
    const points = await parquetReadObjects({ file });
    expect(points).toHaveLength(100);
    expect(points[50]).toMatchObject({ step: 50, lr: 0.05, scheduleKind: "linear" });
    expect(points[50]!["loss"]).toBeCloseTo(0.2 + 2 * Math.exp(-5));
  });

  it("takes curves from elsewhere", async () => {
    const step = Array.from({ length: 50 }, (__, i) => i * 2);
    const curve = { step, rate: step.map(() => 3e-4), loss: step.map((t) => 10 / (1 + t)) };
    const elsewhere = {
      id: "llm-25m",
      family: "llm",
      domain: "text",
      dataset: "web",
      model: "gpt",
      optimizer: "adamw",
      batchSize: 64,
      steps: 100,
    };
    const payload = { task: elsewhere, label: "constant 3e-4", curve };
    const first = (await call("importCurve", { payload })).json<{ run: Run; evidence: Evidence }>();
    expect(first).toMatchObject({
      run: { status: "completed", spec: { kind: "external" }, points: 100 },
      evidence: { source: "import", baseRate: 3e-4, outcome: { diverged: false, finalTrainLoss: 10 / 99 } },
    });
    const again = (await call("importCurve", { payload })).json<{ run: Run }>();
    expect(again.run.id).toBe(first.run.id);
    await settleDue({ db, logger });
    expect(await query({ by: "row", filter: { task: "llm-25m" } })).toMatchObject({
      total: 1,
      rows: [{ source: "import" }],
    });
    const crooked = { ...payload, curve: { ...curve, step: [...step.slice(0, 49), 1] } };
    expect(problemOf(await call("importCurve", { payload: crooked })).errors?.[0]).toMatchObject({
      path: "curve.step",
    });
  });

  it("says what is wrong with a question", async () => {
    const unknown = problemOf(await call("recommend", { payload: { task: { known: "nobody" } } }));
    expect(unknown).toMatchObject({ code: "unknown_task", errors: [{ path: "task.known" }] });
    const ranker = problemOf(await call("recommend", { payload: { task: { run: task }, ranker: "oracle" } }));
    expect(ranker.errors?.[0]?.allowed).toContain("fixed-list");
    expect(problemOf(await call("recommend", { payload: {} })).code).toBe("validation_failed");
    const nothing = problemOf(await call("averageCurves", { payload: { filter: { run: nobody } } }));
    expect(nothing.detail).toContain(nobody);
    expect(
      problemOf(await call("exportEvidence", { payload: { what: "curves", format: "ndjson" } })).errors?.[0]?.path,
    ).toBe("format");
    expect(problemOf(await call("queryEvidence", { payload: { cursor: "x" } })).code).toBe("invalid_cursor");
    const far = problemOf(await call("queryEvidence", { payload: { filter: { similarTo: { task: "nobody" } } } }));
    expect(far.code).toBe("unknown_task");
  });
});
