/** What a query may ask of a run's curves. Summaries answer all but `value` and the crossings, which read one chunk a run. */

export interface Fact {
  /** What it takes after the series' key. */
  readonly takes: readonly string[];
  readonly kind: "number" | "boolean";
  /** `series` is the alias of the series' row, `given` the further arguments, all numbers. */
  readonly sql: (series: string, given: readonly string[]) => string;
}

const fact = (sql: (series: string) => string): Fact => ({ takes: [], kind: "number", sql });
const column = (name: string): Fact => fact((series) => `${series}.${name}`);

export const facts: Readonly<Record<string, Fact>> = {
  last: column("last"),
  min: column("min"),
  minStep: column("min_step"),
  max: column("max"),
  maxStep: column("max_step"),
  area: column("area"),
  firstStep: column("first_step"),
  lastStep: column("last_step"),
  mean: fact((series) => `(${series}.sum / nullif(${series}.n - ${series}.non_finite, 0))`),
  count: fact((series) => `${series}.n::float8`),
  nonFinite: fact((series) => `${series}.non_finite::float8`),
  value: {
    takes: ["step"],
    kind: "number",
    sql: (series, [step = ""]) => `series_value_at(${series}.run_id, ${series}.index, ${step})`,
  },
  firstBelow: {
    takes: ["value"],
    kind: "number",
    sql: (series, [value = ""]) => `series_first_crossing(${series}.run_id, ${series}.index, ${value}, true)`,
  },
  firstAbove: {
    takes: ["value"],
    kind: "number",
    sql: (series, [value = ""]) => `series_first_crossing(${series}.run_id, ${series}.index, ${value}, false)`,
  },
  anyBelow: { takes: ["value"], kind: "boolean", sql: (series, [value = ""]) => `(${series}.min < ${value})` },
  anyAbove: { takes: ["value"], kind: "boolean", sql: (series, [value = ""]) => `(${series}.max > ${value})` },
};

/** Functions of numbers; null where they have no value. */
export const functions: Readonly<Record<string, (of: string) => string>> = {
  abs: (of) => `abs(${of})`,
  log10: (of) => `case when ${of} > 0 then log(${of}) end`,
};

/** Every function with what it takes, for messages. */
export const signatures: readonly string[] = [
  ...Object.entries(facts).map(([name, { takes }]) => `${name}(${["'series'", ...takes].join(", ")})`),
  ...Object.keys(functions).map((name) => `${name}(number)`),
  "decile(number, [among, …])",
];
