/** Which ranker is used and why: each one's regret on families that it has not seen. */
import { randomStream } from "@etude/catalog";
import { groupBy } from "../group-by.ts";
import { meanOf, medianOf } from "../evidence/quantiles.ts";
import type { Arm, TaskRow } from "../evidence/task-table.ts";
import { fixedList } from "../rankers/fixed-list.ts";
import { bootstrapInterval } from "../statistics/bootstrap.ts";
import { rankers } from "./rankers.ts";
import type { Ranker } from "../rankers/_ranker.ts";

export interface ShootOutOptions {
  /** Schedules in a list. */
  readonly k?: number;
  /** Draws behind the figure for k at random. */
  readonly draws?: number;
  readonly seed?: number;
  /**
   * One schedule always, its rate tuned on a grid k times finer so that it costs as many runs as k schedules: by title,
   * tables with that schedule alone.
   */
  readonly always?: ReadonlyMap<string, readonly TaskRow[]>;
}

export interface ShootOutTask {
  readonly task: string;
  readonly family: string;
  /** Loss on evaluation seeds of the list's winner on tuning seeds, over the best loss of any schedule. */
  readonly regret: number;
  /** The same for the best of the list on evaluation seeds: what an oracle would pick. */
  readonly oracle: number;
  /** Titles of the schedules in the list. */
  readonly list: readonly string[];
  readonly winner: string;
}

export interface ShootOutEntry {
  readonly name: string;
  readonly title: string;
  readonly conditioned: boolean | null;
  /** Over tasks, families weighing the same. */
  readonly geometricMean: number;
  readonly oracleGeometricMean: number;
  readonly median: number;
  readonly worst: number;
  readonly worstTask: string;
  /** Its geometric mean over the fixed list's, on the tasks of both, with the 90 % interval of a bootstrap of families. */
  readonly againstFixed: { readonly ratio: number; readonly low: number; readonly high: number };
  readonly tasks: readonly ShootOutTask[];
}

export interface ShootOut {
  readonly k: number;
  readonly tasks: number;
  readonly families: number;
  readonly shapes: number;
  readonly entries: readonly ShootOutEntry[];
  /**
   * The best ranker that looks at the task where it beats the fixed list: the whole interval of its ratio is below 1; else
   * the best of the others.
   */
  readonly best: string;
}

class Judge {
  readonly #options: ShootOutOptions;
  constructor(options: ShootOutOptions) {
    this.#options = options;
  }

  /** The best of everything that ran on the task, the finer grids too. */
  best(row: TaskRow): number {
    const finer = [...(this.#options.always?.values() ?? [])].flatMap((rows) => {
      const same = rows.find(({ task }) => task.hash === row.task.hash);
      return same ? [same.best] : [];
    });
    return Math.max(Number.MIN_VALUE, Math.min(row.best, ...finer));
  }

  judge(row: TaskRow, arms: readonly Arm[]): ShootOutTask {
    const winner = arms.toSorted((a, b) => (a.tuned === b.tuned ? 0 : a.tuned - b.tuned))[0]!;
    const oracle = Math.min(...arms.map(({ judged }) => judged));
    const best = this.best(row);
    return {
      task: row.task.id,
      family: row.task.family,
      regret: winner.judged / best,
      oracle: oracle / best,
      list: arms.map(({ title }) => title),
      winner: winner.title,
    };
  }
}

/** Log regrets are clipped at ln 1000 in the means: one divergence must not make a mean infinite. */
const logRegret = (regret: number): number => Math.min(Math.log(1000), Math.log(Math.max(1, regret)));

/** Returns the mean log regret of each family. */
const byFamily = (tasks: readonly ShootOutTask[]): Map<string, number> =>
  new Map(
    [...groupBy(tasks, ({ family }) => family)].map(([family, own]) => [
      family,
      meanOf(own.map(({ regret }) => logRegret(regret)))!,
    ]),
  );

function compare(tasks: readonly ShootOutTask[], fixed: readonly ShootOutTask[]): ShootOutEntry["againstFixed"] {
  const names = new Set(tasks.map(({ task }) => task));
  const [own, other] = [byFamily(tasks), byFamily(fixed.filter(({ task }) => names.has(task)))];
  const differences = [...own].map(([family, log]) => log - other.get(family)!);
  const mean = (values: readonly number[]): number => meanOf(values)!;
  const [low, high] = bootstrapInterval(differences, mean, { draws: 2000, seed: 1, confidence: 0.9 });
  return { ratio: Math.exp(mean(differences)), low: Math.exp(low), high: Math.exp(high) };
}

function entryOf(
  name: string,
  title: string,
  conditioned: boolean | null,
  tasks: readonly ShootOutTask[],
  fixed: readonly ShootOutTask[],
): ShootOutEntry {
  const families = groupBy(tasks, ({ family }) => family);
  const geometric = (of: (task: ShootOutTask) => number): number =>
    Math.exp(meanOf([...families.values()].map((own) => meanOf(own.map((task) => logRegret(of(task))))!))!);
  const worst = tasks.toSorted((a, b) => b.regret - a.regret)[0]!;
  return {
    name,
    title,
    conditioned,
    geometricMean: geometric(({ regret }) => regret),
    oracleGeometricMean: geometric(({ oracle }) => oracle),
    median: medianOf(tasks.map(({ regret }) => regret))!,
    worst: worst.regret,
    worstTask: worst.task,
    againstFixed: compare(tasks, fixed),
    tasks,
  };
}

/** Several draws of one random ranker as one task: geometric means. */
function averaged(draws: readonly ShootOutTask[]): ShootOutTask {
  const mean = (of: (task: ShootOutTask) => number): number =>
    Math.exp(meanOf(draws.map((task) => logRegret(of(task))))!);
  return {
    ...draws[0]!,
    regret: mean(({ regret }) => regret),
    oracle: mean(({ oracle }) => oracle),
    list: [],
    winner: "",
  };
}

/**
 * Evaluates every ranker leave-one-family-out: it sees the tasks of all other families and names k schedules; their rates
 * are tuned on the task's tuning seeds, the winner on those seeds is measured on the evaluation seeds. Tasks
 * with no more than k schedules are left out: every list is the same there. Throws a RangeError when fewer than two
 * families remain.
 */
export function shootOut(table: readonly TaskRow[], options: ShootOutOptions = {}): ShootOut {
  const { k = 3, draws = 200, seed = 1 } = options;
  const rows = table.filter(({ arms, best }) => arms.size > k && best < Infinity);
  const families = [...new Set(rows.map(({ task }) => task.family))].toSorted();
  if (families.length < 2) {
    const got = families.join(", ") || "none";
    throw new RangeError(`a shoot-out needs tasks of two families with more than ${k} schedules each; got ${got}`);
  }
  const judge = new Judge(options);
  const run = (ranker: Ranker): ShootOutTask[] =>
    rows.map((row) => {
      const past = rows.filter(({ task }) => task.family !== row.task.family);
      const candidates = [...row.arms.keys()];
      const { uniform: random } = randomStream(seed, "shoot-out");
      const once = (): ShootOutTask => {
        const shapes = ranker.rank({ past, task: row, candidates, k, random });
        return judge.judge(
          row,
          shapes.map((shape) => row.arms.get(shape)!),
        );
      };
      return ranker.reads === "nothing" ? averaged(Array.from({ length: draws }, once)) : once();
    });
  const fixed = run(fixedList);
  const ranked = rankers.map((ranker) => entryOf(ranker.name, ranker.title, ranker.conditioned, run(ranker), fixed));
  const always = [...(options.always ?? [])].map(([title, table]) => {
    const tasks = rows.flatMap((row) => {
      const arms = table.find(({ task }) => task.hash === row.task.hash)?.arms.values();
      return arms ? [judge.judge(row, [...arms])] : [];
    });
    return entryOf(`always-${title}`, `Always ${title}, ${k} times finer`, null, tasks, fixed);
  });
  const entries = [...ranked, ...always].toSorted((a, b) => a.geometricMean - b.geometricMean);
  const better = entries.find(({ conditioned, againstFixed }) => conditioned && againstFixed.high < 1);
  const shapes = new Set(rows.flatMap(({ arms }) => [...arms.keys()]));
  return {
    k,
    tasks: rows.length,
    families: families.length,
    shapes: shapes.size,
    entries,
    best: (better ?? entries.find((one) => one.conditioned === false)!).name,
  };
}
