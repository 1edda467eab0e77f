/** Cells arranged as rankers read them: what the best rate of each schedule reached on each task. */
import type { EvidenceCell, EvidenceTask, TaskFeatures } from "@etude/contracts";
import { groupBy } from "../group-by.ts";
import { medianOf } from "./quantiles.ts";

export type Objective = "train-loss" | "validation-loss";

/** One shape of a schedule on one task, at the rate that tuning chose. */
export interface Arm {
  /** What rankers know it by: the hash of its shape, or its label in a table by label. */
  readonly shape: string;
  /** Label, or kind. */
  readonly title: string;
  readonly kind: string;
  /** At the chosen rate. */
  readonly chosen: EvidenceCell;
  /** All rates that were tried. */
  readonly cells: readonly EvidenceCell[];
  /** Loss that the rate was chosen by. */
  readonly tuned: number;
  /** Loss on the evaluation seeds where there are any. Infinity where most seeds diverged. */
  readonly judged: number;
}

/** One task with every schedule that was tried on it. */
export interface TaskRow {
  readonly task: EvidenceTask;
  readonly features: TaskFeatures;
  readonly arms: ReadonlyMap<string, Arm>;
  /** Lowest judged loss. */
  readonly best: number;
  /** All of it comes from the shipped corpus. */
  readonly shipped: boolean;
}

const numberOr = (value: number | string | null, otherwise: number): number => {
  const number = value === null ? otherwise : Number(value);
  return Number.isNaN(number) ? Infinity : number;
};

/** Losses of a cell: of the tuning seeds and of the judging ones, each falling back on all. */
function lossesOf({ tuning, evaluation, all }: EvidenceCell, objective: Objective): { tuned: number; judged: number } {
  const of = (seeds: EvidenceCell["all"]): number =>
    numberOr(objective === "train-loss" ? seeds.median : seeds.validation, Infinity);
  return { tuned: of(tuning.count > 0 ? tuning : all), judged: of(evaluation.count > 0 ? evaluation : all) };
}

/** The rate is chosen by the tuning seeds, among the cells that were judged where any was. */
function armOf(name: string, cells: readonly EvidenceCell[], objective: Objective): Arm {
  const tuned = cells.filter(({ tuning }) => tuning.count > 0);
  const judged = tuned.filter(({ evaluation }) => evaluation.count > 0);
  const candidates = judged.length > 0 ? judged : tuned.length > 0 ? tuned : cells;
  const scored = candidates.map((cell) => ({ cell, ...lossesOf(cell, objective) }));
  const best = scored.toSorted(
    (a, b) =>
      compare(a.tuned, b.tuned) || (a.cell.baseRate ?? 0) - (b.cell.baseRate ?? 0) || compareText(a.cell, b.cell),
  )[0]!;
  const titles = cells.flatMap(({ label }) => label ?? []).toSorted();
  return {
    shape: name,
    title: titles[0] ?? best.cell.scheduleKind,
    kind: best.cell.scheduleKind,
    chosen: best.cell,
    cells,
    tuned: best.tuned,
    judged: best.judged,
  };
}

/** Median of each feature over the cells of a task. */
function featuresOf(cells: readonly EvidenceCell[]): TaskFeatures {
  const names = Object.keys(cells[0]!.features) as (keyof TaskFeatures)[];
  const entries = names.map((name) => [name, medianOf(cells.flatMap(({ features }) => features[name] ?? []))]);
  return Object.fromEntries(entries) as TaskFeatures;
}

export interface TableOptions {
  readonly objective?: Objective;
  /** label: what its writer calls one schedule is one, whatever its settings; cells without a label go by shape. */
  readonly by?: "shape" | "label";
}

/** Returns one row for each task, sorted by its hash, whatever the order of the cells. */
export function taskTable(
  cells: Iterable<EvidenceCell>,
  { objective = "train-loss", by = "shape" }: TableOptions = {},
): TaskRow[] {
  const nameOf = ({ label, shape }: EvidenceCell): string => (by === "label" ? (label ?? shape) : shape);
  const tasks = groupBy([...cells].toSorted(compareText), ({ task }) => task.hash);
  return [...tasks.values()]
    .map((own): TaskRow => {
      const arms = [...groupBy(own, nameOf)].map(([name, some]) => armOf(name, some, objective));
      const sorted = arms.toSorted((a, b) => (a.shape < b.shape ? -1 : 1));
      return {
        task: own[0]!.task,
        features: featuresOf(own),
        arms: new Map(sorted.map((arm) => [arm.shape, arm])),
        best: Math.min(...sorted.map(({ judged }) => judged)),
        shipped: own.every(({ shipped }) => shipped),
      };
    })
    .toSorted((a, b) => (a.task.hash < b.task.hash ? -1 : 1));
}

/** Infinity − Infinity is no order. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);
const compareText = (a: EvidenceCell, b: EvidenceCell): number => (a.cell < b.cell ? -1 : a.cell > b.cell ? 1 : 0);
