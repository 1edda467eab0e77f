import type { SeriesBuckets, SeriesPoints } from "@etude/contracts";
import { pointsOf } from "./continue.ts";

/** One series, for drawing. All columns have the same length and share memory with the buffer: do not write to them. */
export interface SeriesView {
  readonly key: string;
  /** Recorded points that the columns stand for. */
  readonly points: number;
  /** True while every column entry is one recorded point: then min, max and mean are `values` itself. */
  readonly exact: boolean;
  /** True when a summary had to be cut by a rewind: fetch the series again to see those points. */
  readonly incomplete: boolean;
  /** Step of the point, or last step of the bucket. */
  readonly steps: Float64Array;
  /** Value of the point, or last value of the bucket. */
  readonly values: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly mean: Float64Array;
}

const columnNames = ["steps", "values", "min", "max", "mean", "ends"] as const;
type ColumnName = (typeof columnNames)[number];
type Columns = Record<ColumnName, Float64Array>;

/** A growing column store of one series; appending costs amortised O(1) a point. */
export class SeriesBuffer {
  readonly key: string;
  /** Points of the recorded series up to the end of this buffer. */
  points = 0;
  #length = 0;
  #capacity = 0;
  #incomplete = false;
  /** `ends[i]`: points of the series up to and including entry i. Summary columns exist once a summary came. */
  readonly #columns: Partial<Columns> = {};
  #exact = true;

  constructor(key: string) {
    this.key = key;
  }

  /** Adds a piece that begins exactly where the buffer ends. */
  append(series: SeriesPoints | SeriesBuckets): void {
    if ("count" in series) {
      this.#summarise();
      const { step, last, min, max, mean, count } = series;
      let end = this.points;
      this.#push({ steps: step, values: last, min, max, mean, ends: count.map((n) => (end += n)) });
    } else {
      const { steps, values } = series;
      const start = this.points + 1;
      const ends = this.#exact ? undefined : Float64Array.from(steps, (_, i) => start + i);
      this.#push(ends ? { steps, values, min: values, max: values, mean: values, ends } : { steps, values });
    }
    this.points += pointsOf(series);
  }

  /** Keeps the first `points` recorded points. */
  truncate(points: number): void {
    if (points >= this.points) return;
    const ends = this.#columns.ends;
    if (this.#exact || ends === undefined) this.#length = points;
    else while (this.#length > 0 && (ends[this.#length - 1] as number) > points) this.#length -= 1;
    this.points = points;
    if (!this.#exact && (ends?.[this.#length - 1] ?? 0) < points) this.#incomplete = true;
    if (this.#length === 0 && points === 0) this.clear();
  }

  clear(): void {
    this.#length = 0;
    this.points = 0;
    this.#incomplete = false;
    this.#exact = true;
  }

  view(): SeriesView {
    const column = (name: ColumnName): Float64Array =>
      (this.#columns[name] ?? new Float64Array()).subarray(0, this.#length);
    const values = column("values");
    const summary = (name: ColumnName): Float64Array => (this.#exact ? values : column(name));
    return {
      key: this.key,
      points: this.points,
      exact: this.#exact,
      incomplete: this.#incomplete,
      steps: column("steps"),
      values,
      min: summary("min"),
      max: summary("max"),
      mean: summary("mean"),
    };
  }

  /** From here on the columns of summaries are kept too. */
  #summarise(): void {
    if (!this.#exact) return;
    this.#exact = false;
    const values = this.#columns.values ?? new Float64Array(this.#capacity);
    for (const name of ["min", "max", "mean"] as const) this.#columns[name] = values.slice();
    this.#columns.ends = Float64Array.from(values, (_, i) => i + 1);
  }

  #push(columns: Partial<Columns> & Pick<Columns, "steps">): void {
    const added = columns.steps.length;
    const needed = this.#length + added;
    if (needed > this.#capacity) this.#capacity = Math.max(needed, 2 * this.#capacity, 256);
    for (const name of columnNames) {
      const source = columns[name];
      if (source === undefined) continue;
      let column = this.#columns[name];
      if (column === undefined || column.length < this.#capacity) {
        const grown = new Float64Array(this.#capacity);
        if (column) grown.set(column.subarray(0, this.#length));
        column = this.#columns[name] = grown;
      }
      column.set(source, this.#length);
    }
    this.#length = needed;
  }
}
