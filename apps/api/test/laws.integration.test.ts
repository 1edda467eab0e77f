import { ScheduleSpec } from "@etude/catalog";
import type { FittedLaw, OptimisedSchedule, RefinedSchedule } from "@etude/contracts";
import { expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { createRun, nobody, problemOf, smallRun, startApi } from "./harness.ts";
import { Worker } from "./worker.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { call, db } = api;

const steps = 600;
const shapes = {
  constant: () => 0.1,
  cosine: (t: number) => 0.055 + 0.045 * Math.cos((Math.PI * t) / steps),
  "two-step": (t: number) => (t < 400 ? 0.1 : 0.02),
};
type Shape = keyof typeof shapes;

/** A finished run whose loss falls with the area under its rate, and further where the rate falls, with noise. */
async function finishedRun(shape: Shape, more: object = {}): Promise<string> {
  const rate = shapes[shape];
  let area = 0;
  const losses = Array.from({ length: steps }, (_, t) => {
    area += rate(t);
    return 0.5 + 0.4 * area ** -0.5 - 1.5 * (0.1 - rate(t)) + 0.01 * Math.sin(t * 12.9898) ** 3;
  });
  const run = await createRun(api, { ...smallRun, budget: { steps }, ...more });
  const worker = await Worker.claim(api, run.id);
  await worker.record(
    { "learning-rate": rate, "train/loss": (t) => losses[t]!, "gradient-norm": (t) => 2 - t / steps },
    0,
    steps,
  );
  await worker.finish();
  return run.id;
}

const [constant, cosine, twoStep] = await Promise.all([
  finishedRun("constant"),
  finishedRun("cosine"),
  finishedRun("two-step"),
]);

const post = (name: "fitLaw" | "optimiseSchedule" | "refineSchedule", payload: object) => call(name, { payload });

test("a law is fitted to runs and judged on another, while the server goes on answering", async () => {
  const fit = post("fitLaw", { train: [constant, cosine], test: [twoStep], convention: "post-warmup" });
  let done = false;
  void fit.then(() => (done = true));
  let answered = 0;
  while (!done) {
    expect((await call("getInfo")).statusCode).toBe(200);
    answered += 1;
  }
  // A fit that held the event loop would let through the requests before and after it only.
  expect(answered).toBeGreaterThan(5);
  const law = (await fit).json<FittedLaw>();
  expect(law.test?.curves).toMatchObject([{ file: twoStep, rows: 36 }]);
  expect(law.test!.meanRelativeError).toBeLessThan(0.02);
  expect(law.test!.meanRelativeError).toBeLessThan(law.control.test!.meanRelativeError);
  expect(law.reliance).toMatchObject({ on: "test", spread: { basis: "detrended" } });
});

test("the schedule that follows can be submitted", async () => {
  const answer = await post("optimiseSchedule", { train: [constant, cosine], test: [twoStep] });
  expect(answer.statusCode, answer.body).toBe(200);
  const { schedule, runSpec, predictedLoss, compared, extrapolated } = answer.json<OptimisedSchedule>();
  expect(schedule.kind).toBe("piecewise");
  expect(predictedLoss.value).toBeLessThanOrEqual(compared.constant);
  expect(extrapolated).toBe(false);
  const run = await createRun(api, runSpec);
  expect(run.spec).toMatchObject({ schedule, budget: { steps }, dataset: { kind: "digits" } });
});

test("a schedule is refined from the gradient norms of a run", async () => {
  const answer = await post("refineSchedule", { runId: constant });
  const { schedule, peak, update, runSpec } = answer.json<RefinedSchedule>();
  expect({ peak, update }).toEqual({ peak: 0.1, update: "sgd" });
  expect(ScheduleSpec.parse(schedule).kind).toBe("piecewise");
  expect(await createRun(api, runSpec)).toMatchObject({ status: "queued", horizon: steps });
});

test("what cannot be answered is refused with the reason", async () => {
  const waiting = (await createRun(api)).id;
  const other = await finishedRun("cosine", { optimizer: { kind: "momentum" } });
  const bad = async (...asked: Parameters<typeof post>): Promise<unknown> => problemOf(await post(...asked));

  expect(await bad("fitLaw", { train: [cosine] })).toMatchObject({ code: "too_few_curves" });
  expect(await bad("fitLaw", { train: [constant, await finishedRun("constant")] })).toMatchObject({
    code: "law_not_identified",
    detail: expect.stringContaining("No run decays") as string,
  });
  expect(await bad("fitLaw", { train: [constant, nobody] })).toMatchObject({ code: "run_not_found" });
  expect(await bad("fitLaw", { train: [constant, waiting] })).toMatchObject({ code: "series_not_found" });
  expect(await bad("fitLaw", { train: [constant, other] })).toMatchObject({
    code: "runs_differ",
    detail: expect.stringContaining(other) as string,
  });
  expect(await bad("fitLaw", { train: [] })).toMatchObject({ code: "validation_failed" });
  expect(await bad("optimiseSchedule", { train: [constant, cosine], peak: 3 })).toMatchObject({
    code: "validation_failed",
    errors: [{ path: "body.peak" }],
  });
  expect(await bad("refineSchedule", { runId: waiting })).toMatchObject({ code: "run_active" });
  expect((await db.runs.get(waiting)).status).toBe("queued");
});
