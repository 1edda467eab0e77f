/** An answer as one table: text columns that are the same over many rows, and columns of numbers. */
import type { Axis } from "@etude/contracts";
import type { StreamedPoints } from "@etude/db";
import type { Group } from "../query/groups.ts";
import type { QueriedCurve, QueryResult } from "../query/result.ts";

/** Consecutive rows that agree in their texts. */
export interface Block {
  readonly texts: readonly string[];
  readonly numbers: readonly Float64Array[];
}

export interface Table {
  readonly texts: readonly string[];
  readonly numbers: readonly string[];
  readonly blocks: Iterable<Block> | AsyncIterable<Block>;
}

const axisColumn = (axis: Axis): string[] => (axis === "step" ? [] : [axis]);
const known = (x: Float64Array | null): Float64Array[] => (x === null ? [] : [x]);

/** Every point a row. */
export const pointTable = (axis: Axis, blocks: Table["blocks"]): Table => ({
  texts: ["run", "key"],
  numbers: [...axisColumn(axis), "step", "value"],
  blocks,
});

/** Points as they are streamed, with their places on the axis. */
export async function* streamedBlocks(
  points: AsyncIterable<StreamedPoints>,
  places: (runId: string, steps: Float64Array) => Float64Array | null,
): AsyncGenerator<Block> {
  for await (const { runId, key, steps, values } of points)
    yield { texts: [runId, key], numbers: [...known(places(runId, steps)), steps, values] };
}

const exactBlock = ({ columns, x }: QueriedCurve): Block[] =>
  columns.mode === "exact"
    ? [{ texts: [columns.runId, columns.key], numbers: [...known(x), columns.points.steps, columns.points.values] }]
    : [];

/** A point is a bucket of one; a value that is not finite has no min, max and mean. */
function bucketBlock({ columns, x }: QueriedCurve): Block {
  const texts = [columns.runId, columns.key, columns.mode];
  if (columns.mode === "bucketed") {
    const { step, last, min, max, mean, count } = columns.buckets;
    return { texts, numbers: [...known(x), step, last, min, max, mean, count] };
  }
  const { steps, values } = columns.points;
  const finite = values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const count = new Float64Array(values.length).fill(1);
  return { texts, numbers: [...known(x), steps, values, finite, finite, finite, count] };
}

const textOf = (value: unknown): string =>
  typeof value === "string" ? value : value === null ? "" : JSON.stringify(value);

const groupBlock = ({ key, by, mode, x, band, quantiles }: Group): Block => ({
  texts: [key, ...by.map(({ value }) => textOf(value)), mode],
  numbers: [x, band.count, band.mean, band.deviation, band.min, band.max, ...quantiles.map(({ values }) => values)],
});

/** Groups when there are any, else buckets when a width was asked for, else points. */
export function tableOf({ axis, curves, groups }: QueryResult, bucketed: boolean): Table {
  if (groups)
    return {
      texts: ["key", ...(groups[0]?.by.map(({ select }) => select) ?? []), "mode"],
      numbers: [
        axis,
        "curves",
        "mean",
        "deviation",
        "min",
        "max",
        ...(groups[0]?.quantiles.map(({ quantile }) => `q${quantile}`) ?? []),
      ],
      blocks: groups.map(groupBlock),
    };
  if (!bucketed) return pointTable(axis, curves.flatMap(exactBlock));
  return {
    texts: ["run", "key", "mode"],
    numbers: [...axisColumn(axis), "step", "last", "min", "max", "mean", "count"],
    blocks: curves.map(bucketBlock),
  };
}
