import {
  type BinaryFrame,
  fromJsonNumbers,
  type History,
  type SeriesBuckets,
  type SeriesHistory,
  type SeriesPoints,
} from "@etude/contracts";
import { continueFrom } from "./continue.ts";
import type { LiveEvent } from "./live-event.ts";
import { SeriesBuffer, type SeriesView } from "./series-buffer.ts";

/**
 * The curves of one run as growing columns. Feed it answers of `getHistory` and events of `live`; draw its views.
 *
 * @example
 * const history = new HistoryBuffer(run.id);
 * history.load(await client.readHistory({ runId: run.id, width: 2000 }));
 * for await (const event of live({ url, runId: run.id, after: history.cursor })) if (history.apply(event)) draw(history);
 */
export class HistoryBuffer {
  readonly runId: string;
  /** Counts changes, so that a drawing knows whether it is stale. */
  version = 0;
  /** Delivery of the run that the newest points come from. */
  attempt = 0;
  /** Where to continue from, as the server gave it; undefined: from the beginning. */
  cursor: string | undefined = undefined;
  readonly #series = new Map<string, SeriesBuffer>();

  constructor(runId: string) {
    this.runId = runId;
  }

  /** Replaces everything by an answer of `getHistory` or `readHistory` that covers whole series. */
  load(history: History | BinaryFrame): void {
    this.#series.clear();
    this.attempt = history.attempt;
    this.cursor = history.cursor;
    this.version += 1;
    const pieces = "type" in history ? history.series : history.series.map(pieceOf);
    for (const one of pieces) this.#bufferOf(one.key).append(one);
  }

  /**
   * Applies an event; events of other runs and other kinds change nothing. Returns whether the curves changed. Points
   * that are already here are skipped. Throws a RangeError when points before the event are missing, which `live` rules
   * out.
   */
  apply(event: LiveEvent): boolean {
    if (event.type === "history-rewound" && event.runId === this.runId) {
      for (const { key, n } of event.series) this.#series.get(key)?.truncate(n);
      return this.#moved(event);
    }
    if (event.type !== "points-appended" && event.type !== "points-summarised") return false;
    if (event.runId !== this.runId || event.attempt < this.attempt) return false;
    const news = continueFrom(event, ({ key }) => this.#series.get(key)?.points ?? 0);
    if (news === undefined) {
      throw new RangeError(`Points of run ${this.runId} before position ${event.from} are missing: load its history.`);
    }
    if (news.series.length === 0) return false;
    for (const one of news.series) this.#bufferOf(one.key).append(one);
    return this.#moved(event);
  }

  /** Keys of all series, in the order in which they first appeared. */
  keys(): string[] {
    return [...this.#series.keys()];
  }

  /** The columns of a series; undefined when the run has none of that key. The view is of this moment. */
  get(key: string): SeriesView | undefined {
    return this.#series.get(key)?.view();
  }

  /** Recorded points of all series together. */
  get points(): number {
    let sum = 0;
    for (const one of this.#series.values()) sum += one.points;
    return sum;
  }

  #moved({ attempt, cursor }: { attempt: number; cursor: string }): true {
    this.attempt = attempt;
    this.cursor = cursor;
    this.version += 1;
    return true;
  }

  #bufferOf(key: string): SeriesBuffer {
    const buffer = this.#series.get(key) ?? new SeriesBuffer(key);
    this.#series.set(key, buffer);
    return buffer;
  }
}

/** A series of a JSON answer with its columns as typed arrays. */
function pieceOf(series: SeriesHistory): SeriesPoints | SeriesBuckets {
  const { key, total } = series;
  const at = { key, index: 0, from: 0 };
  if (series.mode === "exact") {
    return { ...at, steps: Float64Array.from(series.points.step), values: fromJsonNumbers(series.points.value) };
  }
  const { step, last, min, max, mean, count } = series.points;
  return {
    ...at,
    n: total,
    step: Float64Array.from(step),
    last: fromJsonNumbers(last),
    min: fromJsonNumbers(min),
    max: fromJsonNumbers(max),
    mean: fromJsonNumbers(mean),
    count: Float64Array.from(count),
  };
}
