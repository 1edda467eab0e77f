/** Columns of `series` and `series_chunk` as array parameters: their order and types, said once. */
const seriesColumns = {
  index: "int",
  key: "text",
  n: "int",
  first_step: "float8",
  last_step: "float8",
  last: "float8",
  min: "float8",
  min_step: "float8",
  max: "float8",
  max_step: "float8",
  sum: "float8",
  area: "float8",
  non_finite: "int",
  late: "int",
  sealed: "int",
  tail_stride: "float8",
  tail_step0: "float8",
  tail_enc: "smallint",
  tail_steps: "bytea",
  tail_vals: "bytea",
} as const;

const chunkColumns = {
  index: "int",
  chunk: "int",
  n: "int",
  step0: "float8",
  step1: "float8",
  stride: "float8",
  enc: "smallint",
  steps: "bytea",
  vals: "bytea",
  last: "float8",
  min: "float8",
  min_step: "float8",
  max: "float8",
  max_step: "float8",
  sum: "float8",
  area: "float8",
  non_finite: "int",
  blocks: "bytea",
} as const;

export type SeriesWrite = Record<keyof typeof seriesColumns, unknown>;
export type ChunkWrite = Record<keyof typeof chunkColumns, unknown>;

/** One array a column, in the order of the statement's parameters. */
const transpose = (columns: object, rows: readonly Record<string, unknown>[]): unknown[] =>
  Object.keys(columns).map((name) => rows.map((row) => row[name]));
export const seriesParameters = (rows: readonly SeriesWrite[]): unknown[] => transpose(seriesColumns, rows);
export const chunkParameters = (rows: readonly ChunkWrite[]): unknown[] => transpose(chunkColumns, rows);

export const seriesParameterCount = Object.keys(seriesColumns).length;

function insertInto(table: string, columns: Record<string, string>, source: string, first: number): string {
  const names = Object.keys(columns).join(", ");
  const parameters = Object.values(columns).map((type, i) => `$${first + i}::${type}[]`);
  return `insert into ${table} (run_id, ${names})
  select source.id, row.* from ${source} as source, unnest(${parameters.join(", ")}) as row (${names})`;
}

/** Writes series rows as they are, new or not, for the run named by `source`; parameters from `first` on. */
export const writeSeries = (source: string, first: number): string => {
  const set = Object.keys(seriesColumns).map((name) => `${name} = excluded.${name}`);
  return `${insertInto("series", seriesColumns, source, first)}
  on conflict (run_id, index) do update set ${set.join(", ")}`;
};

/** Inserts sealed chunks; those already there are the same. */
export const writeChunks = (source: string, first: number): string =>
  `${insertInto("series_chunk", chunkColumns, source, first)}
  on conflict (run_id, index, chunk) do nothing`;
