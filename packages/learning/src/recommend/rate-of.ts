/** Which base rate a schedule should have on a task, from the rates that did best on like tasks. */
import { quantileOf } from "../evidence/quantiles.ts";
import type { DescribedTask } from "../evidence/task-distance.ts";
import type { Arm, TaskRow } from "../evidence/task-table.ts";
import { curvatureFactor } from "../evidence/transfer-rate.ts";
import { customaryRate } from "./defaults.ts";

export interface NearRow {
  readonly row: TaskRow;
  readonly distance: number;
}

export interface RateAdvice {
  readonly base: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly from: "this task" | "similar tasks by curvature" | "similar tasks by rate" | "bound" | "custom";
  /** Set with `bound`: the rate is this multiple of the model's stability bound. */
  readonly ofBound?: number;
}

/** Tasks whose rates are taken. */
const neighbours = 5;

/** Models that tell a stability bound, and the multiple of it that people start with. */
const knowsBound: ReadonlySet<string> = new Set(["nmf"]);
const customaryMultiple = 0.5;

/** Optimizers whose raw rates mean the same. */
const rateClass = (optimizer: string): string =>
  /^(adam|adamw|rmsprop)$/.test(optimizer)
    ? "adaptive"
    : /^(momentum|nesterov)$/.test(optimizer)
      ? "momentum"
      : optimizer;

const quartiles = (rates: readonly number[]): { base: number; low: number; high: number } => ({
  base: quantileOf(rates, 0.5)!,
  low: quantileOf(rates, 0.25)!,
  high: quantileOf(rates, 0.75)!,
});

/** The rates at which the arms did best, in one unit, nearest tasks first. */
function ratesIn(unit: string, near: readonly NearRow[], armsOf: (row: TaskRow) => readonly Arm[]): number[] {
  const found = near.flatMap(({ row }) =>
    armsOf(row).flatMap(({ chosen, judged }) =>
      chosen.rateUnit === unit && chosen.transferRate !== null && chosen.transferRate > 0 && judged < Infinity
        ? [{ task: row.task.hash, rate: chosen.transferRate }]
        : [],
    ),
  );
  const nearest = new Set([...new Set(found.map(({ task }) => task))].slice(0, neighbours));
  return found.filter(({ task }) => nearest.has(task)).map(({ rate }) => rate);
}

/** Tasks whose losses have no data behind them say nothing about the raw rates of those that do. */
const rateDomain = (domain: string | undefined): string =>
  domain === "analytic" || domain === "factorisation" ? domain : "data";

/** The base rates of like optimizers at which the arms did best, nearest tasks first. */
function rawRates(
  { optimizer, domain }: DescribedTask["task"],
  near: readonly NearRow[],
  armsOf: (row: TaskRow) => readonly Arm[],
): number[] {
  const like = near.filter(
    ({ row: { task } }) =>
      rateClass(task.optimizer) === rateClass(optimizer) && rateDomain(task.domain) === rateDomain(domain),
  );
  const found = like.map(({ row }) =>
    armsOf(row).flatMap(({ chosen, judged }) =>
      chosen.baseRate !== null && chosen.baseRate > 0 && judged < Infinity ? [chosen.baseRate] : [],
    ),
  );
  return found
    .filter((rates) => rates.length > 0)
    .slice(0, neighbours)
    .flat();
}

/**
 * Returns the base rate for a shape: its best one on this very task; else the median over the five nearest tasks where it
 * was tried, in the unit that carries over (rate × λ_max/(2(1+μ)) where both tasks know their curvature, a multiple of the
 * bound, or the raw rate of like optimizers), with quartiles; else over any schedule; else what is customary.
 */
export function rateOf(
  shape: string,
  asked: DescribedTask,
  near: readonly NearRow[],
  own: TaskRow | undefined,
): RateAdvice {
  const here = own?.arms.get(shape)?.chosen;
  if (here?.baseRate) return { base: here.baseRate, low: here.baseRate, high: here.baseRate, from: "this task" };
  const factor = curvatureFactor(asked.task, asked.features);
  const steps: readonly ((row: TaskRow) => readonly Arm[])[] = [
    (row) => [row.arms.get(shape)].filter((arm) => arm !== undefined),
    (row) => [...row.arms.values()],
  ];
  for (const armsOf of steps) {
    const byBound = asked.task.domain === "factorisation" ? ratesIn("bound", near, armsOf) : [];
    if (byBound.length > 0) {
      const { base } = quartiles(byBound);
      return { base: null, low: null, high: null, from: "bound", ofBound: base };
    }
    const byCurvature = factor === null ? [] : ratesIn("curvature", near, armsOf).map((rate) => rate / factor);
    if (byCurvature.length > 0) return { ...quartiles(byCurvature), from: "similar tasks by curvature" };
    // The model knows what is stable on its data; raw rates of other matrices do not.
    if (knowsBound.has(asked.task.model ?? "")) {
      return { base: null, low: null, high: null, from: "custom", ofBound: customaryMultiple };
    }
    const raw = rawRates(asked.task, near, armsOf);
    if (raw.length > 0) return { ...quartiles(raw), from: "similar tasks by rate" };
  }
  return { base: customaryRate(asked.task.optimizer), low: null, high: null, from: "custom" };
}
