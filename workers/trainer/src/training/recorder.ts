import type { PointColumns } from "@etude/contracts";

/** Grows by doubling; taken whole. */
class Columns {
  steps = new Float64Array(64);
  values = new Float64Array(64);
  length = 0;

  add(step: number, value: number): void {
    if (this.length === this.steps.length) {
      const [steps, values] = [this.steps, this.values];
      this.steps = new Float64Array(2 * this.length);
      this.values = new Float64Array(2 * this.length);
      this.steps.set(steps);
      this.values.set(values);
    }
    this.steps[this.length] = step;
    this.values[this.length++] = value;
  }
}

/** Collects the points of all series until they are taken. */
export class Recorder {
  #series = new Map<string, Columns>();
  #size = 0;

  /** Points waiting to be taken. */
  get size(): number {
    return this.#size;
  }

  /** Adds a point. The steps of a series must increase. */
  add(key: string, step: number, value: number): void {
    let columns = this.#series.get(key);
    if (!columns) this.#series.set(key, (columns = new Columns()));
    columns.add(step, value);
    this.#size++;
  }

  /** Returns all waiting points, series in the order of their first point, and forgets them. */
  take(): PointColumns[] {
    const taken = [...this.#series].map(([key, { steps, values, length }]) => ({
      key,
      steps: steps.slice(0, length),
      values: values.slice(0, length),
    }));
    this.#series = new Map();
    this.#size = 0;
    return taken;
  }
}
