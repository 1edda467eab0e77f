import { maxSeries, SeriesKey, toJsonNumber } from "@etude/contracts";
import type { Logged, SpooledSeries } from "./spool.ts";

interface Column {
  n: number;
  last: number;
  steps: number[];
  values: number[];
}

/** Columns that grow with every logged point, until they are taken. Checks what would make the server refuse them. */
export class LoggerColumns {
  #floor: number;
  readonly #columns = new Map<string, Column>();
  #waiting = 0;

  constructor({ floor, series }: Logged) {
    this.#floor = floor;
    for (const [key, { n, last }] of Object.entries(series)) this.#columns.set(key, { n, last, steps: [], values: [] });
  }

  /** Points to be taken. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Adds a point; returns why not, if so. */
  add(key: string, step: number, value: number): string | undefined {
    if (typeof value !== "number") return `the value of ${key} at step ${step} is ${typeof value}; allowed is a number`;
    let column = this.#columns.get(key);
    if (column === undefined) {
      if (!SeriesKey.safeParse(key).success)
        return `${JSON.stringify(key)} is no name of a series; allowed are letters, digits and _ . / -`;
      if (this.#columns.size >= maxSeries) return `${key} is one series more than the ${maxSeries} of a run`;
      this.#columns.set(key, (column = { n: 0, last: -Infinity, steps: [], values: [] }));
    }
    const above = Number.isFinite(step) && step >= this.#floor && step > column.last;
    if (!above) return `step ${step} of ${key} is not above its last one, ${Math.max(column.last, this.#floor)}`;
    column.steps.push(step);
    column.values.push(value);
    column.last = step;
    this.#waiting += 1;
    return undefined;
  }

  /** Takes what was added since the last time. */
  take(): SpooledSeries[] {
    this.#waiting = 0;
    return [...this.#columns].flatMap(([key, column]) => {
      const { n, steps, values } = column;
      if (steps.length === 0) return [];
      Object.assign(column, { n: n + steps.length, steps: [], values: [] });
      return [{ key, from: n, steps, values: values.map(toJsonNumber) }];
    });
  }

  /** Forgets everything; steps from `floor` on are logged anew. */
  reset(floor: number): void {
    this.#floor = floor;
    this.#columns.clear();
    this.#waiting = 0;
  }
}
