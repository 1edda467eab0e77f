/** Which number a reacting schedule looks at, and when. Shared by plateau and greedy. */
import { z } from "zod";
import type { Needs, Seen } from "../schedule.ts";
import { rule, steps, word } from "./_fields.ts";

export const metric = () =>
  word(["train/loss", "validation/loss"]).describe("The number that is watched; lower is better unless mode is max.");

export const every = () =>
  z
    .union(
      [z.enum(["step", "evaluation", "epoch"]), steps()],
      rule("step, evaluation, epoch, or a whole number of steps from 1"),
    )
    .describe("How often it is looked at; a training loss is averaged over the steps in between.");

export const mode = () => word(["min", "max"]).default("min").describe("Whether lower or higher is better.");

export const thresholdMode = () =>
  word(["relative", "absolute", "signed-relative"]).describe(
    "relative: best ∓ threshold·|best|; absolute: best ∓ threshold; signed-relative: best·(1 ∓ threshold) as PyTorch and Transformers do, which is wrong for metrics below zero.",
  );
export type ThresholdMode = z.output<ReturnType<typeof thresholdMode>>;

/** Returns true when `value` improves on `best`; anything improves on nothing, a non-finite value on none. */
export function isBetter(
  value: number,
  best: number | null,
  mode: "min" | "max",
  threshold: number,
  thresholdMode: ThresholdMode,
): boolean {
  if (!Number.isFinite(value)) return false;
  if (best === null) return true;
  const sign = mode === "min" ? -1 : 1;
  const mark =
    thresholdMode === "signed-relative"
      ? best * (1 + sign * threshold)
      : best + sign * threshold * (thresholdMode === "relative" ? Math.abs(best) : 1);
  return mode === "min" ? value < mark : value > mark;
}

/** What has been seen since the last look. */
export type Pending = {
  readonly sum: number;
  readonly count: number;
  /** A value was not finite. */
  readonly broken: boolean;
};

export const nothingPending: Pending = { sum: 0, count: 0, broken: false };

export interface MetricReader {
  readonly needs: Needs;
  /** Returns what is pending once `seen` is among it. */
  gather(pending: Pending, seen: Seen): Pending;
  /** Returns the observed value where one is due after `step`, NaN for a non-finite one; nothing is pending then. */
  due(gathered: Pending, step: number, seen: Seen): number | undefined;
}

/** Returns the reader of a metric at a cadence. A validation loss keeps its latest value between two looks. */
export function metricReader(
  metric: "train/loss" | "validation/loss",
  every: "step" | "evaluation" | "epoch" | number,
  stepsPerEpoch: number,
): MetricReader {
  const training = metric === "train/loss";
  const period = every === "epoch" ? stepsPerEpoch : typeof every === "number" ? every : 1;
  // Each value is looked at as it comes, so that nothing is ever pending.
  const immediate = period === 1 && (!training || every !== "evaluation");
  const needs = { before: [], trainLoss: training, evalLoss: !training || every === "evaluation", judge: false };
  const read = training ? (seen: Seen) => seen.trainLoss : (seen: Seen) => seen.evalLoss;
  const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);
  if (immediate) {
    return {
      needs,
      gather: (pending) => pending,
      due(_, __, seen) {
        const value = read(seen);
        return value === undefined ? undefined : finite(value);
      },
    };
  }
  return {
    needs,
    gather(pending, seen) {
      const value = read(seen);
      if (value === undefined) return pending;
      const before = training ? pending : nothingPending;
      return Number.isFinite(value)
        ? { sum: before.sum + value, count: before.count + 1, broken: before.broken }
        : { sum: before.sum, count: before.count + 1, broken: true };
    },
    due({ sum, count, broken }, step, seen) {
      const now = every === "evaluation" ? seen.evalLoss !== undefined : (step + 1) % period === 0;
      if (!now || count === 0) return undefined;
      return broken ? Number.NaN : finite(sum / count);
    },
  };
}
