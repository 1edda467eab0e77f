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

/** One number as it is stored. Not by le_value, which Postgres could not inline around a long argument. */
const decoded = (bytes: string, enc: string): string =>
  `case when ${enc} = 4 then le_f32(${bytes}, 0) else le_f64(${bytes}, 0) end`;

/**
 * The value at a step. Where steps are even it is a slice of the row's open tail, or of the one sealed chunk around the
 * step; where they are not, the function searches. `+ 0 * n` changes nothing and shows the planner that a run without the
 * series has no value, which it cannot see through `case`: it may then stop at the end of a page.
 */
function valueAt(s: string, step: string): string {
  const place = `((${step} - ${s}.tail_step0) / ${s}.tail_stride)`;
  const bytes = `substring(${s}.tail_vals from 1 + ${place}::int * ${s}.tail_enc for ${s}.tail_enc)`;
  const search = `series_value_at(${s}.run_id, ${s}.index, ${step})`;
  const inChunk = `((${step} - c.step0) / c.stride)`;
  const sealed = `substring(c.vals from 1 + ${inChunk}::int * c.enc for c.enc)`;
  return `(case when ${step} < ${s}.first_step or ${step} > ${s}.last_step then null
    when ${step} >= ${s}.tail_step0 and ${place} = floor(${place}) then ${decoded(bytes, `${s}.tail_enc`)}
    when ${step} >= ${s}.tail_step0 then ${search}
    else (select case when c.stride is null then ${search} when ${inChunk} = floor(${inChunk})
        then ${decoded(sealed, "c.enc")} end
      from series_chunk c where c.run_id = ${s}.run_id and c.index = ${s}.index and c.step0 <= ${step} and c.step1 >= ${step})
    end + 0 * ${s}.n)`;
}

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
  value: { takes: ["step"], kind: "number", sql: (series, [step = ""]) => valueAt(series, step) },
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
