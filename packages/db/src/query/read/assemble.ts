import { bucketise } from "@etude/curves";
import { addPoints, type Blocks, foldBlocks, noBlocks } from "../../history/blocks.ts";
import { chunkPoints, decodeColumns, joinColumns, type StoredColumns } from "../../history/columns.ts";
import type { SeriesColumns } from "../../types.ts";
import type { QueriedColumns } from "../types.ts";
import type { Plan } from "./plan.ts";

/** Consecutive points of a series; `first` is the ordinal of the first. */
export interface Stretch {
  readonly first: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

type Range = { readonly from: number; readonly to: number };

/** The points of a stretch whose steps lie in the range. */
export function within({ first, steps, values }: Stretch, { from, to }: Range): Stretch {
  let [low, high] = [0, steps.length];
  while (low < high && (steps[low] as number) < from) low += 1;
  while (high > low && (steps[high - 1] as number) > to) high -= 1;
  return low === 0 && high === steps.length
    ? { first, steps, values }
    : { first: first + low, steps: steps.slice(low, high), values: values.slice(low, high) };
}

export const chunkStretch = (row: StoredColumns & { readonly chunk: number }): Stretch => ({
  first: row.chunk * chunkPoints,
  ...decodeColumns(row),
});

export const tailStretch = ({ row }: Plan): Stretch => ({ first: row.sealed * chunkPoints, ...decodeColumns(row) });

/** What was read for one plan: points in order, and blocks between them where it is coarse. */
export interface Read {
  readonly stretches: readonly Stretch[];
  readonly blocks: Blocks | null;
}

const sumOf = (column: readonly number[]): number => column.reduce((a, b) => a + b, 0);

/** The grid of the buckets of a series: where the first begins, and buckets a step. */
export function gridOf(firstStep: number, lastStep: number, width: number): { first: number; perStep: number } {
  // As in bucketise and foldBlocks: the last step belongs to the last bucket.
  return { first: firstStep, perStep: width / (lastStep - firstStep + 1) };
}

/** The answer for one series. */
export function assemble(plan: Plan, { stretches, blocks }: Read, width: number | undefined): QueriedColumns {
  const { row, wanted } = plan;
  const { key, index } = row;
  const loose = stretches.filter(({ steps }) => steps.length > 0);
  const base = { runId: wanted.runId, attempt: row.attempt, key, index };
  if (blocks === null) return { ...base, ...fine(key, index, loose, width) };
  const sealedFrom = (plan.coarse?.lo ?? 0) * chunkPoints;
  const all = noBlocks();
  const before = loose.filter(({ first }) => first < sealedFrom);
  for (const { steps, values } of before) addPoints(all, steps, values);
  for (const name of Object.keys(all) as (keyof Blocks)[]) for (const value of blocks[name]) all[name].push(value);
  for (const { steps, values, first } of loose) if (first >= sealedFrom) addPoints(all, steps, values);
  const firstStep = before[0]?.steps[0] ?? row.firstStep ?? 0;
  const from = before[0]?.first ?? sealedFrom;
  const n = sumOf(all.count);
  const buckets = { key, index, from, n, ...foldBlocks(all, firstStep, width as number) };
  return { ...base, mode: "bucketed", total: n, firstStep, lastStep: all.step.at(-1) ?? null, buckets };
}

function fine(key: string, index: number, loose: readonly Stretch[], width: number | undefined): SeriesColumns {
  const steps = joinColumns(loose.map((one) => one.steps));
  const values = joinColumns(loose.map((one) => one.values));
  const [from, n] = [loose[0]?.first ?? 0, steps.length];
  const range = { key, index, total: n, firstStep: steps[0] ?? null, lastStep: steps[n - 1] ?? null };
  if (width === undefined || n <= width)
    return { ...range, mode: "exact", points: { key, index, from, steps, values } };
  return { ...range, mode: "bucketed", buckets: { key, index, from, n, ...bucketise(steps, values, width) } };
}
