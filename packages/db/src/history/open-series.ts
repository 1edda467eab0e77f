import type { PointColumns, SeriesPoints } from "@etude/contracts";
import type { ChunkWrite, SeriesWrite } from "../sql/write-columns.ts";
import { encodeBlocks } from "./blocks.ts";
import { chunkPoints, encodeColumns, joinColumns } from "./columns.ts";
import type { SeriesState } from "./series-state.ts";
import { seriesWrite } from "./series-write.ts";
import { emptySummary, fold, type Point, type Summary, summarise } from "./summary.ts";

interface FullChunk {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly write: ChunkWrite;
}

/** What a flush has to write of a series. */
export interface SeriesSnapshot {
  readonly series: SeriesWrite;
  readonly chunks: ChunkWrite[];
  /** The points since the last acknowledged flush. */
  points(): SeriesPoints;
  /** To be called once the flush is known to be committed. */
  acknowledge(): void;
}

/** A series being written: its open tail, and the chunks sealed since the last acknowledged flush. */
export class OpenSeries {
  readonly key: string;
  readonly index: number;
  #sealed: number;
  #sealedSummary: Summary;
  #sealedEnd: Point | null;
  readonly #steps = new Float64Array(chunkPoints);
  readonly #values = new Float64Array(chunkPoints);
  #open: number;
  #lastStep: number;
  #late: number;
  #full: FullChunk[] = [];
  #acknowledged: { n: number; late: number };

  constructor({ key, index, late, sealed, sealedSummary, sealedEnd, tail }: SeriesState) {
    this.key = key;
    this.index = index;
    this.#late = late;
    this.#sealed = sealed;
    this.#sealedSummary = sealedSummary;
    this.#sealedEnd = sealedEnd;
    this.#steps.set(tail.steps);
    this.#values.set(tail.values);
    this.#open = tail.steps.length;
    this.#lastStep = tail.steps.at(-1) ?? sealedEnd?.step ?? -Infinity;
    this.#acknowledged = { n: this.n, late };
  }

  /** A series that has no points yet. */
  static create(key: string, index: number): OpenSeries {
    const tail = { steps: new Float64Array(), values: new Float64Array() };
    const series = new OpenSeries({
      key,
      index,
      late: 0,
      sealed: 0,
      sealedSummary: emptySummary,
      sealedEnd: null,
      tail,
    });
    series.#acknowledged = { n: 0, late: -1 }; // its row has yet to be written, points or not
    return series;
  }

  /** Points in all. */
  get n(): number {
    return this.#sealed * chunkPoints + this.#open;
  }

  get lastStep(): number {
    return this.#lastStep;
  }

  get changed(): boolean {
    return this.n !== this.#acknowledged.n || this.#late !== this.#acknowledged.late;
  }

  push({ steps, values }: PointColumns): void {
    for (let i = 0; i < steps.length;) {
      const from = i;
      let last = this.#lastStep;
      while (i < steps.length && (steps[i] as number) > last && steps[i] !== Infinity) last = steps[i++] as number;
      this.#append(steps.subarray(from, i), values.subarray(from, i));
      for (; i < steps.length && !((steps[i] as number) > last && steps[i] !== Infinity); i += 1) this.#late += 1;
    }
  }

  /** Adds points whose steps increase from the last one on. */
  #append(steps: Float64Array, values: Float64Array): void {
    for (let from = 0; from < steps.length;) {
      const to = Math.min(steps.length, from + chunkPoints - this.#open);
      this.#steps.set(steps.subarray(from, to), this.#open);
      this.#values.set(values.subarray(from, to), this.#open);
      this.#open += to - from;
      this.#lastStep = steps[to - 1] as number;
      from = to;
      if (this.#open === chunkPoints) this.#seal();
    }
  }

  #seal(): void {
    const [steps, values] = [this.#steps.slice(), this.#values.slice()];
    const summary = summarise(steps, values, this.#sealedEnd);
    const stored = encodeColumns(steps, values);
    const write: ChunkWrite = {
      index: this.index,
      chunk: this.#sealed,
      n: chunkPoints,
      step0: summary.firstStep,
      step1: summary.lastStep,
      stride: stored.stride,
      enc: stored.enc,
      steps: stored.steps,
      vals: stored.vals,
      last: summary.last,
      min: summary.min,
      min_step: summary.minStep,
      max: summary.max,
      max_step: summary.maxStep,
      sum: summary.sum,
      area: summary.area,
      non_finite: summary.nonFinite,
      blocks: encodeBlocks(steps, values, stored.enc),
    };
    this.#full.push({ steps, values, write });
    this.#sealedSummary = fold(this.#sealedSummary, summary);
    this.#sealedEnd = { step: this.#lastStep, value: values[chunkPoints - 1] as number };
    this.#sealed += 1;
    this.#open = 0;
  }

  /** What a flush has to write now, and what to do once it is known to be committed. */
  snapshot(): SeriesSnapshot {
    const tail = { steps: this.#steps.slice(0, this.#open), values: this.#values.slice(0, this.#open) };
    // A copy: chunks that are sealed while the flush is under way belong to the next one.
    const [n, late, full] = [this.n, this.#late, [...this.#full]];
    const series = seriesWrite({
      key: this.key,
      index: this.index,
      late,
      sealed: this.#sealed,
      sealedSummary: this.#sealedSummary,
      sealedEnd: this.#sealedEnd,
      tail,
    });
    const from = this.#acknowledged.n;
    const skip = from - (n - tail.steps.length - full.length * chunkPoints);
    return {
      series,
      chunks: full.map(({ write }) => write),
      points: () => {
        const all = [...full, tail];
        const steps = joinColumns(all.map((one) => one.steps)).slice(skip);
        const values = joinColumns(all.map((one) => one.values)).slice(skip);
        return { key: this.key, index: this.index, from, steps, values };
      },
      acknowledge: () => {
        this.#acknowledged = { n, late };
        this.#full = this.#full.slice(full.length);
      },
    };
  }
}
