import { ScheduleSpec } from "@etude/catalog";
import { isEnded, type LawRequest, Problem, type ProblemCode, type Run, RunSpec } from "@etude/contracts";
import type { Database } from "@etude/db";
import { LawError, type LawErrorCode, refineSchedule, stretch } from "@etude/learning/law";
import type { FastifyInstance } from "fastify";
import { createLawThread } from "../laws/law-thread.ts";
import { assertOneTask, readColumns, readRunCurve } from "../laws/run-curves.ts";
import { serve } from "../serve.ts";

const codes: Record<LawErrorCode, ProblemCode> = {
  "invalid-curve": "unusable_curve",
  "no-gradient-norms": "unusable_curve",
  "too-few-curves": "too_few_curves",
  "not-identified": "law_not_identified",
  unreliable: "law_unreliable",
  "out-of-range": "validation_failed",
};

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LawError)) throw error;
    const { code, message, option } = error;
    throw new Problem(codes[code], message, option === undefined ? [] : [{ path: `body.${option}`, message }]);
  }
}

const smoothed = `The loss of each run is its mean over ${stretch.leastRows} to ${stretch.mostRows} equal stretches of ${stretch.steps} steps or more, without the first 2 % of the run and its warmup.`;

/** The run with another schedule, ready to be submitted. Its name would no longer fit. */
function specWith({ spec }: Run, schedule: ScheduleSpec, steps: number): RunSpec {
  const { name: _, ...others } = spec;
  if (spec.kind === "training") return RunSpec.parse({ ...others, schedule, budget: { steps } });
  return RunSpec.parse({ ...others, schedule, horizon: steps });
}

/** Laws of the loss, and schedules that follow from what runs recorded. */
export function lawRoutes(app: FastifyInstance, { db }: { readonly db: Database }): void {
  const thread = createLawThread();
  app.addHook("onClose", () => thread.close());

  const runsOf = (ids: readonly string[]): Promise<Run[]> => Promise.all(ids.map((id) => db.runs.get(id)));
  const read = async ({ train, test, warmup, convention }: LawRequest) => {
    const runs = await runsOf([...train, ...test]);
    assertOneTask(runs);
    const curves = (ids: readonly string[]) => Promise.all(ids.map((id) => readRunCurve(db, id)));
    return { runs, task: { train: await curves(train), test: await curves(test), warmup, convention } };
  };

  serve(app, "fitLaw", ({ body }) =>
    refusing(async () => {
      const start = performance.now();
      const { task } = await read(body);
      const { report, reliance, doubt } = await thread.run(task);
      return { ...report, reliance, doubt, smoothed, seconds: (performance.now() - start) / 1000 };
    }),
  );

  serve(app, "optimiseSchedule", ({ body }) =>
    refusing(async () => {
      const { steps, warmupSteps, knots, peak, floor, extrapolate, ...request } = body;
      const { runs, task } = await read(request);
      const first = runs[0]!;
      const length = steps ?? first.horizon ?? first.step;
      const optimise = { steps: length, warmupSteps, knots, peak, floor, extrapolate };
      const { advice } = await thread.run({ ...task, optimise });
      const schedule = ScheduleSpec.parse(advice!.schedule);
      return { ...advice!, schedule, runSpec: specWith(first, schedule, length) };
    }),
  );

  serve(app, "refineSchedule", ({ body }) =>
    refusing(async () => {
      const run = await db.runs.get(body.runId);
      if (!isEnded(run.status))
        throw new Problem("run_active", `Run ${run.id} is ${run.status}: its norms are not all there`);
      const [norms, rates] = await readColumns(db, run.id, ["gradient-norm", "learning-rate"]);
      const peak = body.peak ?? Array.from(rates!.value).reduce((a, b) => Math.max(a, b), 0);
      const update = body.update ?? updateOf(run);
      const schedule = ScheduleSpec.parse(refineSchedule(norms!, { peak, steps: run.step, update }));
      return { schedule, peak, update, runSpec: specWith(run, schedule, run.horizon ?? run.step) };
    }),
  );
}

/** Which optimizers step by the gradient itself; all others normalise it. */
const plain = ["sgd", "momentum", "nesterov", "schedule-free-sgd"];

function updateOf({ spec }: Run): "sgd" | "adam" {
  const name = spec.kind === "training" ? spec.optimizer.kind : spec.kind === "external" ? (spec.optimizer ?? "") : "";
  return plain.includes(name.toLowerCase()) ? "sgd" : "adam";
}
