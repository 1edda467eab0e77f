import { bucketise } from "@etude/curves";
import { type Queryable, rowsOf } from "../pool.ts";
import { selectChunkBlocks, selectChunks } from "../sql/read-history.ts";
import type { SeriesColumns } from "../types.ts";
import { addBlocks, addPoints, type BlockRow, blockPoints, type Blocks, foldBlocks, noBlocks } from "./blocks.ts";
import { chunkPoints, decodeColumns, joinColumns, type StoredColumns } from "./columns.ts";
import type { SeriesRow } from "./series-state.ts";

/** Where a sealed chunk lies. */
export interface Extent {
  readonly index: number;
  readonly chunk: number;
  readonly step0: number;
  readonly step1: number;
}

/** Steps, inclusive. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

interface Stretch {
  /** Ordinal of the first point within its series. */
  readonly first: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** The points of a stretch whose steps lie in the range. */
function within({ first, steps, values }: Stretch, { from, to }: Range): Stretch {
  let [low, high] = [0, steps.length];
  while (low < high && (steps[low] as number) < from) low += 1;
  while (high > low && (steps[high - 1] as number) > to) high -= 1;
  return { first: first + low, steps: steps.slice(low, high), values: values.slice(low, high) };
}

/** Reads a range of one series in the given transaction, fetching no more than the answer needs. */
export class SeriesReader {
  readonly #on: Queryable;
  readonly #runId: string;
  readonly #row: SeriesRow;
  readonly #range: Range;
  /** Chunks whole in the range, and those at its edges. */
  readonly #whole: Extent[];
  readonly #edges: Extent[];

  constructor(on: Queryable, runId: string, row: SeriesRow, extents: readonly Extent[], range: Range) {
    const isWhole = ({ step0, step1 }: Extent): boolean => step0 >= range.from && step1 <= range.to;
    this.#on = on;
    this.#runId = runId;
    this.#row = row;
    this.#range = range;
    this.#whole = extents.filter(isWhole);
    this.#edges = extents.filter((extent) => !isWhole(extent));
  }

  #chunkNumbers(extents: readonly Extent[]): [string, number, number[]] {
    return [this.#runId, this.#row.index, extents.map(({ chunk }) => chunk)];
  }

  async #stretches(extents: readonly Extent[]): Promise<Stretch[]> {
    if (extents.length === 0) return [];
    type Row = StoredColumns & { readonly chunk: number };
    const rows = await rowsOf<Row>(this.#on, selectChunks, this.#chunkNumbers(extents));
    return rows.map((row) => within({ first: row.chunk * chunkPoints, ...decodeColumns(row) }, this.#range));
  }

  async #blocks(loose: readonly Stretch[]): Promise<Blocks> {
    const blocks = noBlocks();
    const start = (this.#whole[0]?.chunk ?? 0) * chunkPoints;
    const add = ({ steps, values }: Stretch): void => addPoints(blocks, steps, values);
    loose.filter(({ first }) => first < start).forEach(add);
    if (this.#whole.length > 0) {
      const rows = await rowsOf<BlockRow>(this.#on, selectChunkBlocks, this.#chunkNumbers(this.#whole));
      for (const row of rows) addBlocks(blocks, row);
    }
    loose.filter(({ first }) => first >= start).forEach(add);
    return blocks;
  }

  /** Everything in the range when it is no more than `width` points or no width is given, else at most `width` buckets. */
  async read(width: number | undefined): Promise<SeriesColumns> {
    const { key, index, sealed } = this.#row;
    const tail = within({ first: sealed * chunkPoints, ...decodeColumns(this.#row) }, this.#range);
    const loose = [...(await this.#stretches(this.#edges)), tail].filter(({ steps }) => steps.length > 0);
    const n = loose.reduce((sum, { steps }) => sum + steps.length, this.#whole.length * chunkPoints);
    const whole = this.#whole.map(({ chunk, step0, step1 }) => ({ first: chunk * chunkPoints, step0, step1 }));
    const ends = loose.map(({ first, steps }) => ({ first, step0: steps[0] as number, step1: steps.at(-1) as number }));
    const all = [...whole, ...ends].sort((a, b) => a.first - b.first);
    const [from, firstStep] = [all[0]?.first ?? 0, all[0]?.step0 ?? null];
    const range = { key, index, total: n, firstStep, lastStep: all.at(-1)?.step1 ?? null };
    if (width !== undefined && firstStep !== null && n > width && n / width >= blockPoints) {
      const buckets = foldBlocks(await this.#blocks(loose), firstStep, width);
      return { ...range, mode: "bucketed", buckets: { key, index, from, n, ...buckets } };
    }
    const parts = [...(await this.#stretches(this.#whole)), ...loose].sort((a, b) => a.first - b.first);
    const steps = joinColumns(parts.map((part) => part.steps));
    const values = joinColumns(parts.map((part) => part.values));
    if (width === undefined || n <= width)
      return { ...range, mode: "exact", points: { key, index, from, steps, values } };
    return { ...range, mode: "bucketed", buckets: { key, index, from, n, ...bucketise(steps, values, width) } };
  }
}
