import { createHash } from "node:crypto";
import { Problem } from "@etude/contracts";
import { z } from "zod";
import { runColumns } from "../../sql/run-columns.ts";
import { Compiler } from "./compiler.ts";
import { parseQuery, parseValue } from "./parse.ts";
import { refuse, type Source } from "./refuse.ts";
import { as, type Kind, type Parameters, type TypedSql } from "./typed-sql.ts";

/** What a page of runs is asked by. */
export interface Selection {
  /** A filter, perhaps with `order by` and `limit`; "" is every run. */
  readonly query: string;
  /** Only these runs; absent: all. */
  readonly ids?: readonly string[] | undefined;
  /** Values wanted of each run. */
  readonly select?: readonly string[] | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
  /** Whole runs, or their ids only. */
  readonly runs: boolean;
}

interface Key {
  readonly sql: string;
  readonly kind: Kind;
  readonly descending: boolean;
}

/** A statement and how to read its rows. */
export interface Prepared {
  readonly text: string;
  readonly values: unknown[];
  readonly limit: number;
  /** Names of the columns with the selected values. */
  readonly columns: readonly string[];
  /** Counts all that match, whatever the page. */
  readonly count: { readonly text: string; readonly values: unknown[] };
  /** The cursor that continues after a row. */
  readonly cursorOf: (row: Readonly<Record<string, unknown>>) => string;
}

const Mark = z.tuple([z.string(), z.int(), z.array(z.union([z.string(), z.boolean(), z.null()]))]);
const casts: Partial<Record<Kind, string>> = {
  number: "float8",
  text: "text",
  boolean: "boolean",
  time: "timestamptz",
};

const ofRun = runColumns
  .split(",")
  .map((column) => `run.${column.trim()}`)
  .join(", ");

/** A value of a spec is ordered by its number, then by its text. */
const keysOf = (value: TypedSql, descending: boolean): Key[] =>
  (value.kind === "json" ? [as("number", value), as("text", value)] : [value])
    .filter((one) => one !== null)
    .map(({ sql, kind }) => ({ sql, kind, descending }));

/** Rows behind the marked one: those that agree in the first keys and come later in the next. What is not known comes last. */
function behind(
  keys: readonly Key[],
  values: readonly (string | boolean | null)[],
  number: number,
  parameters: Parameters,
) {
  const all = [...keys, { sql: "run.number", kind: "number" as const, descending: true }];
  const marks = [...values, String(number)].map((value, i) =>
    value === null ? null : parameters.add(value, casts[(all[i] as Key).kind] as string),
  );
  const alternatives = all.map(({ sql, descending }, i) => {
    const mark = marks[i];
    const later = mark === null ? "false" : `(${sql} ${descending ? "<" : ">"} ${mark} or ${sql} is null)`;
    const same = all
      .slice(0, i)
      .map((key, j) => (marks[j] === null ? `${key.sql} is null` : `${key.sql} = ${marks[j]}`));
    return `(${[...same, later].join(" and ")})`;
  });
  return `(${alternatives.join(" or ")})`;
}

/** Compiles a selection to one statement. Throws Problem validation_failed at a column of a text, invalid_cursor. */
export function prepare({ query, ids, select = [], limit, cursor, runs }: Selection): Prepared {
  const compiler = new Compiler();
  const { parameters } = compiler;
  const source: Source = { path: "query", text: query };
  const parsed = parseQuery(source);
  const most = Math.min(limit, parsed.limit ?? limit);
  const where = ["run.deleted_at is null"];
  if (ids) where.push(`run.id = any(${parameters.add(ids, "uuid[]")})`);
  if (parsed.where) where.push(compiler.condition(parsed.where, source));
  const count = parameters.finish(
    `${compiler.with}select count(*)::int as total from ${compiler.from} where ${where.join(" and ")}`,
  );
  const selected = select.map((text, i) => {
    const path = `select[${i}]`;
    return compiler.compile(parseValue({ path, text }), { path, text });
  });
  const keys = parsed.order.flatMap(({ by, descending }) => keysOf(compiler.compile(by, source), descending));
  const hash = createHash("sha256")
    .update(JSON.stringify([query, ids ?? null]))
    .digest("base64url")
    .slice(0, 12);
  if (cursor !== undefined) {
    const mark = decodeMark(cursor);
    if (mark.hash !== hash || mark.values.length !== keys.length)
      throw new Problem("invalid_cursor", "The cursor belongs to another query.");
    where.push(behind(keys, mark.values, mark.number, parameters));
  }
  // Numbers and times as text, so that a cursor holds exactly what Postgres compares with.
  const wanted = [
    runs ? ofRun : "run.id",
    "run.number",
    ...selected.map(({ sql }, i) => `${sql} as v${i}`),
    ...keys.map(({ sql, kind }, i) => `${kind === "boolean" ? sql : `(${sql})::text`} as k${i}`),
  ];
  const order = [
    ...keys.map(({ sql, descending }) => `${sql} ${descending ? "desc" : "asc"} nulls last`),
    "run.number desc",
  ];
  const text = `${compiler.with}select ${wanted.join(",\n  ")}
from ${compiler.from}
where ${where.join("\n  and ")}
order by ${order.join(", ")} limit ${parameters.add(most + 1, "int")}`;
  return {
    ...parameters.finish(text),
    limit: most,
    columns: selected.map((_, i) => `v${i}`),
    count,
    cursorOf: (row) =>
      encodeMark(
        hash,
        row["number"] as number,
        keys.map((_, i) => row[`k${i}`] as string),
      ),
  };
}

/**
 * Compiles a filter to the shapes of the rates of ended runs, in one row: their ids and their shapes as bytes one after
 * another, and how many have not been taken. Throws Problem validation_failed.
 */
export function prepareShapes(query: string, bytes: number): { text: string; values: unknown[] } {
  const compiler = new Compiler();
  const source: Source = { path: "query", text: query };
  const { where, order, limit } = parseQuery(source);
  if (order[0] || limit !== null)
    throw refuse(source, order[0]?.by.at ?? 0, "no order and limit here: the nearest come first");
  const condition = where ? ` and ${compiler.condition(where, source)}` : "";
  const wanted = `filter (where run.rate_shape_attempt = run.attempt and length(run.rate_shape) = ${compiler.parameters.add(
    bytes,
    "int",
  )})`;
  return compiler.parameters.finish(`${compiler.with}select
  coalesce(string_agg(uuid_send(run.id), '') ${wanted}, '') as ids,
  coalesce(string_agg(run.rate_shape, '') ${wanted}, '') as shapes,
  count(*) filter (where run.rate_shape_attempt is distinct from run.attempt)::int as pending
from ${compiler.from} where run.ended_at is not null and run.deleted_at is null${condition}`);
}

const encodeMark = (hash: string, number: number, values: readonly (string | null)[]): string =>
  Buffer.from(JSON.stringify([hash, number, values])).toString("base64url");

function decodeMark(cursor: string) {
  try {
    const [hash, number, values] = Mark.parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
    return { hash, number, values };
  } catch {
    throw new Problem("invalid_cursor");
  }
}
