import type { PointColumns, SeriesPoints } from "@etude/contracts";
import type { ChunkWrite, SeriesWrite } from "../sql/write-columns.ts";
import { encodeBlocks } from "./blocks.ts";
import { chunkPoints, encodeColumns, joinColumns } from "./columns.ts";
import type { SeriesState } from "./series-state.ts";
import { seriesWrite } from "./series-write.ts";
import { emptySummary, fold, type Point, type Summary, summarise } from "./summary.ts";

interface FullChunk {
  readonly chunk: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly write: ChunkWrite;
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
    for (let i = 0; i < steps.length; i += 1) {
      const step = steps[i] as number;
      if (!(step > this.#lastStep) || step === Infinity) {
        this.#late += 1;
        continue;
      }
      this.#steps[this.#open] = step;
      this.#values[this.#open] = values[i] as number;
      this.#lastStep = step;
      this.#open += 1;
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
    this.#full.push({ chunk: this.#sealed, steps, values, write });
    this.#sealedSummary = fold(this.#sealedSummary, summary);
    this.#sealedEnd = { step: this.#lastStep, value: values[chunkPoints - 1] as number };
    this.#sealed += 1;
    this.#open = 0;
  }

  /** What a flush has to write now, and what to do once it is known to be committed. */
  snapshot(): { series: SeriesWrite; chunks: ChunkWrite[]; points: SeriesPoints; acknowledge: () => void } {
    const tail = { steps: this.#steps.slice(0, this.#open), values: this.#values.slice(0, this.#open) };
    const [n, late, full] = [this.n, this.#late, this.#full];
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
    const firstPoint = n - tail.steps.length - full.length * chunkPoints;
    const all = [...full, tail];
    const points = {
      key: this.key,
      index: this.index,
      from,
      steps: joinColumns(all.map(({ steps }) => steps)).slice(from - firstPoint),
      values: joinColumns(all.map(({ values }) => values)).slice(from - firstPoint),
    };
    const acknowledge = (): void => {
      this.#acknowledged = { n, late };
      this.#full = this.#full.filter((chunk) => !full.includes(chunk));
    };
    return { series, chunks: full.map(({ write }) => write), points, acknowledge };
  }
}
