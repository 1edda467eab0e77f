import { Problem, toJsonNumber } from "@etude/contracts";
import { DatabaseError, type Pool } from "pg";
import { rowsOf } from "../pool.ts";
import { type RunRow, toRun } from "../runs/to-run.ts";
import { selectRunFacts } from "../sql/query-series.ts";
import { prepare } from "./language/statement.ts";
import { readSeries } from "./read/series.ts";
import { measureSeries, streamSeries } from "./read/stream.ts";
import { shapeQueries } from "./shapes.ts";
import type { Queries, RunFacts } from "./types.ts";

/** SQLSTATEs: statement timeout; numeric overflow, which only a user's arithmetic can cause. */
const [cancelled, overflow] = ["57014", "22003"];

/** Says what Postgres refused in the words of the caller. */
async function inUsersWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    if (error.code === cancelled) throw new Problem("query_too_slow");
    if (error.code === overflow)
      throw new Problem("validation_failed", "query: a number of the arithmetic is out of range", [
        { path: "query", message: "a number of the arithmetic is out of range" },
      ]);
    throw error;
  }
}

type Row = RunRow & { readonly number: number } & Readonly<Record<string, unknown>>;

const answered = (value: unknown): unknown =>
  typeof value === "number" ? toJsonNumber(value) : value instanceof Date ? value.toISOString() : value;

/** Questions to many runs, on a pool of their own whose statements time out. */
export function createQueries(pool: Pool): Queries {
  const series: Queries["series"] = (wanted, width) => inUsersWords(readSeries(pool)(wanted, width));
  return {
    async runs(selection) {
      const { text, values, limit, columns, cursorOf } = prepare(selection);
      const { rows } = await inUsersWords(pool.query<Row>({ text, values }));
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        ids: page.map(({ id }) => id as never),
        runs: selection.runs ? page.map(toRun) : null,
        values: columns.map((name) => page.map((row) => answered(row[name]))),
        next: last ? cursorOf(last) : null,
      };
    },

    async count({ query, ids }) {
      const { text, values } = prepare({ query, ids, limit: 1, runs: false }).count;
      const { rows } = await inUsersWords(pool.query<{ total: number }>({ text, values }));
      return rows[0]?.total ?? 0;
    },

    facts: (runIds) => rowsOf<RunFacts & Record<string, unknown>>(pool, selectRunFacts, [runIds]),
    series,
    stream: streamSeries(pool),
    measure: (wanted) => inUsersWords(measureSeries(pool)(wanted)),
    ...shapeQueries(pool, series),
  };
}
