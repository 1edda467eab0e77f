/** What a request for advice asks about. */
import {
  Problem,
  type RecommendationRequest,
  type TaskFeatures,
  type TaskSpec,
  TaskFeatures as Features,
} from "@etude/contracts";
import { type AskedTask, completeTask, type TaskRow } from "@etude/learning";
import { dataSizes } from "./data-sizes.ts";
import { describeSpec } from "./evidence-of-run.ts";

/** Updates of an epoch when nobody can tell how many examples there are. */
const guessedStepsPerEpoch = 100;

async function stepsOf({ budget, dataset, batchSize }: TaskSpec): Promise<number> {
  if ("steps" in budget) return budget.steps;
  const sizes = await dataSizes(dataset);
  return budget.epochs * (sizes ? Math.ceil(sizes.examples / batchSize) : guessedStepsPerEpoch);
}

/** What the evidence measured on this very task fills what the request does not say. */
const merged = (said: Partial<TaskFeatures>, row: TaskRow | undefined): TaskFeatures => {
  const known = Object.entries(said).filter(([, value]) => value !== null && value !== undefined);
  return Features.parse({ ...row?.features, ...Object.fromEntries(known) });
};

function knownTask(name: string, rows: readonly TaskRow[]): AskedTask {
  // One id may stand for several optimizers: the one with most schedules tried is meant.
  const row = rows
    .filter(({ task }) => task.hash === name || task.id === name)
    .toSorted((a, b) => b.arms.size - a.arms.size)[0];
  if (row) {
    const { dataset, model, optimizer } = row.task.specs;
    const { batchSize, steps } = row.task;
    const trains = dataset && model && optimizer && batchSize !== null;
    // Order and the rest take the defaults of a run.
    const spec = trains ? ({ dataset, model, optimizer, batchSize, budget: { steps } } as TaskSpec) : null;
    return { task: row.task, features: row.features, spec };
  }
  const some = rows.slice(0, 10).map(({ task }) => task.id);
  const known =
    rows.length === 0 ? "there is none yet" : `known are ${some.join(", ")}${rows.length > 10 ? ", …" : ""}`;
  throw new Problem("unknown_task", `No task "${name}" in the evidence; ${known}.`, [
    { path: "task.known", message: `"${name}" is not known`, allowed: some },
  ]);
}

/** Returns the task with its features. Throws Problem unknown_task. */
export async function askedTask({ task }: RecommendationRequest, rows: readonly TaskRow[]): Promise<AskedTask> {
  if ("known" in task) return knownTask(task.known, rows);
  if ("run" in task) {
    const { run: spec } = task;
    const described = await describeSpec(spec, await stepsOf(spec));
    const complete = completeTask(described.task);
    const row = rows.find((one) => one.task.hash === complete.hash);
    return { task: complete, features: merged(described.features, row), spec };
  }
  const { features, batchSize, ...described } = task.described;
  const logBatch = batchSize === null ? null : Math.log(batchSize);
  return {
    task: { ...described, batchSize },
    features: { ...features, logBatch: features.logBatch ?? logBatch },
    spec: null,
  };
}
