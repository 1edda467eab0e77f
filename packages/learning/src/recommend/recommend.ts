/** From evidence to advice. */
import { combinationProblem, type OptimizerSpec, randomStream, type ScheduleSpec } from "@etude/catalog";
import {
  type Recommendation,
  type RecommendationRequest,
  type RecommendedSchedule,
  type TaskSpec,
  TrainingSpec,
} from "@etude/contracts";
import { hashOf } from "../evidence/complete-evidence.ts";
import { baseRateOf, boundMultipleOf, scaleSchedule, shapeOf } from "../evidence/scale-schedule.ts";
import { stretchSchedule } from "../evidence/stretch-schedule.ts";
import { type DescribedTask, taskDistance } from "../evidence/task-distance.ts";
import type { Arm, TaskRow } from "../evidence/task-table.ts";
import { defaultRanker, rankerOf } from "./rankers.ts";
import { defaultSchedules } from "./defaults.ts";
import { predict } from "./predict.ts";
import { type NearRow, type RateAdvice, rateOf } from "./rate-of.ts";

/** A task to advise on. */
export interface AskedTask extends DescribedTask {
  /** The training without its schedule, where Etude can do it. */
  readonly spec: TaskSpec | null;
}

export type RecommendOptions = Pick<RecommendationRequest, "k"> & { readonly ranker?: string | undefined };

/** Kinds that live on another run. */
const boundToRuns: ReadonlySet<string> = new Set(["replay"]);

const optimizerOfTask = ({ spec, task }: AskedTask): OptimizerSpec | null =>
  spec?.optimizer ?? task.specs?.optimizer ?? null;

/** Shapes that the task can be run under: a known schedule that goes with its optimizer. */
function candidatesOf(
  rows: readonly TaskRow[],
  optimizer: OptimizerSpec | null,
  steps: number,
): Map<string, ScheduleSpec> {
  const found = new Map<string, ScheduleSpec>();
  for (const { arms, task } of rows) {
    for (const { shape, chosen } of arms.values()) {
      if (chosen.schedule === null || found.has(shape) || boundToRuns.has(chosen.schedule.kind)) continue;
      if (optimizer && combinationProblem(optimizer, chosen.schedule) !== undefined) continue;
      found.set(shape, atUnitRate(stretchSchedule(chosen.schedule, task.steps, steps)));
    }
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** On a task with k schedules or more, its own record decides; else its best one comes first and a ranker fills up. */
function choose(
  asked: AskedTask,
  rows: readonly TaskRow[],
  own: TaskRow | undefined,
  names: string[],
  options: RecommendOptions,
): string[] {
  const { k, ranker = defaultRanker } = options;
  const tried = [...(own?.arms.values() ?? [])]
    .filter(({ shape, judged }) => names.includes(shape) && judged < Infinity)
    .toSorted((a, b) => a.judged - b.judged || (a.shape < b.shape ? -1 : 1))
    .map(({ shape }) => shape);
  if (tried.length >= k) return tried.slice(0, k);
  const { uniform } = randomStream(1, "recommend");
  const ranked = rankerOf(ranker).rank({ past: rows, task: asked, candidates: names, k, random: uniform });
  return [...new Set([...tried.slice(0, 1), ...ranked])].slice(0, k);
}

/** The schedule at base rate 1, or 1 × bound; as it is where it has none. */
function atUnitRate(schedule: ScheduleSpec): ScheduleSpec {
  const base = baseRateOf(schedule) ?? boundMultipleOf(schedule);
  return base === null ? schedule : scaleSchedule(schedule, 1 / base);
}

function atRate(shape: ScheduleSpec, rate: RateAdvice): ScheduleSpec {
  const byBound = boundMultipleOf(shape) !== null;
  if (rate.ofBound !== undefined) {
    return byBound
      ? scaleSchedule(shape, rate.ofBound)
      : ({ ...shape, rate: { ofBound: rate.ofBound } } as ScheduleSpec);
  }
  if (rate.base === null) return shape;
  return byBound ? ({ ...shape, rate: rate.base } as ScheduleSpec) : scaleSchedule(shape, rate.base);
}

const specOf = ({ spec }: AskedTask, schedule: ScheduleSpec): TrainingSpec | null =>
  spec && TrainingSpec.parse({ ...spec, schedule });

interface Supporting {
  readonly arms: readonly { readonly row: TaskRow; readonly arm: Arm }[];
}

const armsFor = (shape: string, near: readonly NearRow[]): Supporting["arms"] =>
  near.flatMap(({ row }) => {
    const arm = row.arms.get(shape);
    return arm ? [{ row, arm }] : [];
  });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function supportOf({ arms }: Supporting): Pick<RecommendedSchedule, "support" | "runIds"> {
  const cells = arms.flatMap(({ arm }) => arm.cells);
  return {
    support: {
      cells: cells.length,
      trainings: sum(cells.map(({ all }) => all.count)),
      tasks: arms.length,
      shipped: sum(cells.map(({ all, shipped }) => (shipped ? all.count : 0))),
    },
    runIds: [...new Set(arms.flatMap(({ arm }) => arm.chosen.runIds))].slice(0, 10),
  };
}

const percent = (regret: number): string => `${((regret - 1) * 100).toPrecision(2)} %`;

function reasonFor(predicted: RecommendedSchedule["predicted"], tasks: number): string {
  const { regret, from } = predicted;
  if (from === "seeds of this task") {
    return regret
      ? `Ran on this very task; its loss is ${percent(regret.median)} above the best one's.`
      : "Ran on this very task.";
  }
  return regret
    ? `On the nearest of ${tasks} tasks where it ran, its loss is ${percent(regret.median)} above the best one's (median).`
    : `Ran on ${tasks} tasks, on none of which it ended well.`;
}

/**
 * Returns k schedules for a task whose best should have least regret, each with base rate, prediction, support and a
 * training ready to submit. `rows`: the evidence (taskTable). Where it is silent the customary schedules fill up, with
 * support 0. A function of its arguments alone. Throws a RangeError for an unknown ranker.
 */
export function recommend(asked: AskedTask, rows: readonly TaskRow[], options: RecommendOptions): Recommendation {
  const name = options.ranker ?? defaultRanker;
  rankerOf(name);
  const optimizer = optimizerOfTask(asked);
  const own = rows.find(({ task }) => task.hash === asked.task.hash);
  // A task where one schedule was tried compares nothing; it still tells a rate.
  const compared = rows.filter((row) => row.arms.size > 1 || row === own);
  const shapes = candidatesOf(compared, optimizer, asked.task.steps);
  const distance = taskDistance(rows);
  const near: NearRow[] = rows
    .map((row) => ({ row, distance: row === own ? 0 : distance(asked, row) }))
    .toSorted((a, b) => a.distance - b.distance || (a.row.task.hash < b.row.task.hash ? -1 : 1));
  const nearCompared = near.filter(({ row }) => compared.includes(row));
  const chosen = shapes.size === 0 ? [] : choose(asked, compared, own, [...shapes.keys()], options);

  const fromEvidence = chosen.map((shape): Omit<RecommendedSchedule, "rank"> => {
    const arms = armsFor(shape, nearCompared);
    const rate = rateOf(shape, asked, near, own);
    const schedule = atRate(shapes.get(shape)!, rate);
    const predicted = predict(shape, asked, nearCompared, own);
    const { ofBound: _, ...advised } = rate;
    return {
      title: arms[0]!.arm.title,
      schedule,
      shape,
      rate: advised,
      predicted,
      ...supportOf({ arms }),
      why: reasonFor(predicted, arms.length),
      spec: specOf(asked, schedule),
    };
  });
  const customary = defaultSchedules(asked.task.optimizer, optimizer)
    .map(({ title, schedule, why }): Omit<RecommendedSchedule, "rank"> => {
      const shape = hashOf(shapeOf(schedule, asked.task.steps));
      const rate = fromEvidence.length > 0 ? rateOf(shape, asked, near, own) : rateOf(shape, asked, [], undefined);
      const placed = atRate(atUnitRate(schedule), rate);
      const { ofBound: _, ...advised } = rate;
      return {
        title,
        schedule: placed,
        shape,
        rate: advised,
        predicted: { regret: null, loss: null, from: "nothing" },
        support: { cells: 0, trainings: 0, tasks: 0, shipped: 0 },
        runIds: [],
        why: `Customary: ${why}.`,
        spec: specOf(asked, placed),
      };
    })
    .filter(({ shape }) => !chosen.includes(shape));
  const schedules = [...fromEvidence, ...customary].slice(0, options.k).map((one, i) => ({ rank: i + 1, ...one }));
  return {
    task: asked.task,
    ranker: name,
    support: sum(schedules.map(({ support }) => support.trainings)),
    reason: reasonOf(compared, own, schedules),
    similarTasks: near.slice(0, 5).map(({ row, distance: far }) => ({
      id: row.task.id,
      hash: row.task.hash,
      distance: far,
      shipped: row.shipped,
    })),
    schedules,
  };
}

function reasonOf(
  rows: readonly TaskRow[],
  own: TaskRow | undefined,
  schedules: readonly RecommendedSchedule[],
): string {
  const trainings = sum(schedules.map(({ support }) => support.trainings));
  if (rows.length === 0) return "There is no evidence yet: these schedules and rates are only what is customary.";
  if (trainings === 0) return "No schedule in the evidence can be run on this task: these are what is customary.";
  const shipped = sum(schedules.map(({ support }) => support.shipped));
  const where = own ? "this very task and " : "";
  const from = shipped === 0 ? "" : `, ${shipped} of them from the shipped corpus`;
  return `Rests on ${trainings} trainings on ${where}${rows.length - (own ? 1 : 0)} other tasks${from}.`;
}
