/** One layer of a topology as JSON, read field by field; every complaint names layer, field, value and what is allowed. */

/** Shape without the batch axis. */
export type Shape = readonly number[];

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const shown = (value: unknown): string => (JSON.stringify(value) ?? "nothing").slice(0, 100);

export class LayerConfig {
  readonly name: string;
  readonly className: string;
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(name: string, className: string, values: Readonly<Record<string, unknown>>) {
    this.name = name;
    this.className = className;
    this.#values = values;
  }

  /** Returns the complaint about this layer. */
  problem(message: string): Error {
    return new Error(`model.topology, layer "${this.name}" (${this.className}): ${message}`);
  }

  /** Returns the raw value; undefined when absent or null. */
  get(key: string): unknown {
    return this.#values[key] ?? undefined;
  }

  number(key: string, allowed: { readonly min: number; readonly max?: number; readonly fallback?: number }): number {
    const value = this.get(key) ?? allowed.fallback;
    const max = allowed.max ?? Number.MAX_VALUE;
    if (typeof value === "number" && value >= allowed.min && value <= max) return value;
    const range = allowed.max === undefined ? `of at least ${allowed.min}` : `from ${allowed.min} to ${max}`;
    throw this.problem(`${key} is ${shown(value)}, must be a number ${range}`);
  }

  /** Returns a whole number of at least 1. */
  count(key: string, fallback?: number): number {
    const value = this.get(key) ?? fallback;
    if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 1_000_000) return value;
    throw this.problem(`${key} is ${shown(value)}, must be a whole number from 1 to 1000000`);
  }

  /** Returns `rank` whole numbers of at least 1; a single number stands for all of them. */
  counts(key: string, rank: number, fallback?: number | readonly number[]): readonly number[] {
    const value = this.get(key) ?? fallback;
    const list: readonly unknown[] = Array.isArray(value) ? value : Array.from({ length: rank }, () => value);
    const fits = (n: unknown): boolean => typeof n === "number" && Number.isInteger(n) && n >= 1 && n <= 10_000;
    if (list.length === rank && list.every(fits)) return list as readonly number[];
    throw this.problem(
      `${key} is ${shown(value)}, must be ${rank === 1 ? "a whole number" : `${rank} whole numbers`} ≥ 1`,
    );
  }

  flag(key: string, fallback: boolean): boolean {
    const value = this.get(key) ?? fallback;
    if (typeof value === "boolean") return value;
    throw this.problem(`${key} is ${shown(value)}, must be true or false`);
  }

  choice<Choice extends string>(key: string, choices: readonly Choice[], fallback: Choice): Choice {
    const value = this.get(key) ?? fallback;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw this.problem(`${key} is ${shown(value)}, must be one of ${choices.join(", ")}`);
  }

  /** Throws when the field has another value than the only supported one. */
  only(key: string, value: unknown, why: string): void {
    const given = this.get(key);
    if (given !== undefined && given !== value) {
      throw this.problem(`${key} is ${shown(given)}, but only ${shown(value)} is supported: ${why}`);
    }
  }
}
