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

type Columns = Readonly<Record<string, string>>;
const isBytes = (type: string): boolean => type === "bytea";

/**
 * One array a column, in the order of the statement's parameters. Bytes lie one after another in a single parameter,
 * the last one, and their columns are where each begins and how long it is: an array of bytes would travel as text.
 */
function transpose(columns: Columns, rows: readonly Readonly<Record<string, unknown>>[]): unknown[] {
  const heap: Buffer[] = [];
  let size = 0;
  const parameters = Object.entries(columns).flatMap(([name, type]) => {
    if (!isBytes(type)) return [rows.map((row) => row[name])];
    const begins: number[] = [];
    const sizes = rows.map((row) => {
      const bytes = row[name] as Buffer | null;
      begins.push(size + 1);
      if (bytes === null) return null;
      heap.push(bytes);
      size += bytes.length;
      return bytes.length;
    });
    return [begins, sizes];
  });
  return [...parameters, Buffer.concat(heap, size)];
}
export const seriesParameters = (rows: readonly SeriesWrite[]): unknown[] => transpose(seriesColumns, rows);
export const chunkParameters = (rows: readonly ChunkWrite[]): unknown[] => transpose(chunkColumns, rows);

const countOf = (columns: Columns): number =>
  Object.values(columns).reduce((count, type) => count + (isBytes(type) ? 2 : 1), 1);
export const seriesParameterCount = countOf(seriesColumns);

function insertInto(table: string, columns: Columns, source: string, first: number): string {
  const names = Object.keys(columns).join(", ");
  const heap = `$${first + countOf(columns) - 1}::bytea`;
  const arrays = Object.entries(columns).flatMap(([name, type]) =>
    isBytes(type) ? [`${name}_at int`, `${name}_size int`] : [`${name} ${type}`],
  );
  const parameters = arrays.map((column, i) => `$${first + i}::${column.split(" ")[1]}[]`);
  const values = Object.entries(columns).map(([name, type]) =>
    isBytes(type) ? `substring(${heap} from row.${name}_at for row.${name}_size)` : `row.${name}`,
  );
  return `insert into ${table} (run_id, ${names})
  select source.id, ${values.join(", ")} from ${source} as source,
    unnest(${parameters.join(", ")}) as row (${arrays.map((column) => column.split(" ")[0]).join(", ")})`;
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
