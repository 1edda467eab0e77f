import type { CursorContent, SeriesBuckets, SeriesPoints } from "@etude/contracts";
import { type Queryable, rowsOf, type Statement } from "../pool.ts";
import { readAfter as readStatement, summariseAfter as summariseStatement } from "../sql/read-after.ts";
import type { HistoryStore, LogRead, Position } from "../types.ts";
import { addBlocks, addPoints, type Blocks, foldBlocks, noBlocks } from "./blocks.ts";
import { chunkPoints, decodeColumns, joinColumns, type StoredColumns } from "./columns.ts";

interface Head extends Position {
  /** The lowest step that an attempt since the holder's resumed at. */
  readonly rewoundTo: number | null;
  readonly series: readonly {
    readonly index: number;
    readonly key: string;
    readonly n: number;
    readonly have: number;
  }[];
}
type PieceRow = Omit<StoredColumns, "vals"> & {
  readonly index: number;
  readonly first: number;
  readonly n: number;
  readonly vals: Buffer | null;
  readonly blocks: Buffer | null;
};
type Row = PieceRow & { readonly head: Head | null };

interface Read {
  readonly base: Omit<LogRead, "series">;
  readonly pieces: readonly PieceRow[];
  /** Points of each series that the holder keeps. */
  readonly have: readonly number[];
  readonly keys: readonly string[];
}

/** Reads again from nothing for a cursor that claims points which the log never had: of another database, or forged. */
const isForeign = (after: CursorContent, { attempt, series }: Head): boolean =>
  after.attempt > attempt ||
  (after.attempt === 0 && after.counts.length > 0) ||
  (after.attempt === attempt && after.counts.some((count, index) => count > (series[index]?.n ?? 0)));

async function read(
  on: Queryable,
  statement: Statement,
  runId: string,
  after: CursorContent,
  more: unknown[],
): Promise<Read | null> {
  const query = (attempt: number, counts: readonly number[]): Promise<Row[]> =>
    rowsOf<Row>(on, statement, [runId, attempt, counts, ...more]);
  let [first, ...pieces] = await query(after.attempt, after.counts);
  const foreign = first?.head != null && isForeign(after, first.head);
  if (foreign) [first, ...pieces] = await query(0, []);
  const head = first?.head;
  if (!head) return null;
  const { series, rewoundTo, ...position } = head;
  const counts = series.map(({ n }) => n);
  const have = series.map((one) => one.have);
  const rewound = foreign || (after.attempt > 0 && rewoundTo !== null);
  const rewind = rewound
    ? {
        step: foreign ? 0 : (rewoundTo ?? 0),
        counts: have,
        series: series.map(({ key, index, have: n }) => ({ key, index, n })),
      }
    : null;
  return { base: { ...position, counts, rewind }, pieces, have, keys: series.map(({ key }) => key) };
}

const stored = ({ vals, ...row }: PieceRow): StoredColumns => ({ ...row, vals: vals ?? Buffer.alloc(0) });

/** Points after a cursor, in one snapshot. */
export const readAfter =
  (on: Queryable): HistoryStore["readAfter"] =>
  async (runId, after, limit = 65_536) => {
    const found = await read(on, readStatement, runId, after, [Math.max(1, Math.ceil(limit / chunkPoints))]);
    if (!found) return null;
    const { base, pieces, have, keys } = found;
    const series = keys.flatMap((key, index): SeriesPoints[] => {
      const from = have[index] as number;
      const parts = pieces
        .filter((piece) => piece.index === index)
        .map((piece) => decodeColumns(stored(piece), Math.max(0, from - piece.first), piece.n));
      if (parts.length === 0) return [];
      const steps = joinColumns(parts.map((part) => part.steps));
      return [{ key, index, from, steps, values: joinColumns(parts.map((part) => part.values)) }];
    });
    return { ...base, series };
  };

/** Everything after a cursor, folded into at most `width` buckets a series. */
export const summariseAfter =
  (on: Queryable): HistoryStore["summariseAfter"] =>
  async (runId, after, width) => {
    const found = await read(on, summariseStatement, runId, after, []);
    if (!found) return null;
    const { base, pieces, have, keys } = found;
    const series = keys.flatMap((key, index): SeriesBuckets[] => {
      const from = have[index] as number;
      const blocks: Blocks = noBlocks();
      let firstStep: number | undefined;
      for (const piece of pieces) {
        if (piece.index !== index) continue;
        if (piece.blocks) {
          addBlocks(blocks, { ...piece, blocks: piece.blocks });
          firstStep ??= piece.step0 ?? 0;
        } else {
          const points = decodeColumns(stored(piece), Math.max(0, from - piece.first), piece.n);
          addPoints(blocks, points.steps, points.values);
          firstStep ??= points.steps[0];
        }
      }
      const n = (base.counts[index] as number) - from;
      return n === 0 ? [] : [{ key, index, from, n, ...foldBlocks(blocks, firstStep ?? 0, width) }];
    });
    return { ...base, series };
  };
