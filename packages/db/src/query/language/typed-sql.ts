/** A piece of SQL with the kind of its value. It holds our own text and `$n` only; whatever the user wrote is a parameter. */
export type Kind = "number" | "text" | "boolean" | "time" | "json" | "null";

export interface TypedSql {
  readonly kind: Kind;
  readonly sql: string;
  /** The values that a column can have, where they are few. */
  readonly allowed?: readonly string[];
  /** Set for a tag: the array of tags has an index that answers equality. */
  readonly tag?: string;
}

/** The values of a statement's parameters, in order. */
export class Parameters {
  private readonly values: unknown[] = [];
  readonly #known = new Map<string, string>();

  /** The parameter for a value; the same value twice is one parameter. */
  add(value: unknown, cast: string): string {
    const key = `${cast} ${JSON.stringify(typeof value === "number" ? String(value) : value)}`;
    let text = this.#known.get(key);
    if (text === undefined) {
      this.values.push(typeof value === "number" ? String(value) : value);
      text = `$${this.values.length}::${cast}`;
      this.#known.set(key, text);
    }
    return text;
  }

  /** A finished text with the values that it uses: a literal that became part of something else has no parameter. */
  finish(sql: string): { text: string; values: unknown[] } {
    const values: unknown[] = [];
    const places = new Map<string, string>();
    const text = sql.replaceAll(/\$(\d+)/g, (_, number: string) => {
      if (!places.has(number)) places.set(number, `$${values.push(this.values[Number(number) - 1])}`);
      return places.get(number) as string;
    });
    return { text, values };
  }
}

const wordsForNumbers = "('NaN', 'Infinity', '-Infinity')";

/** The JSON value as another kind; null where it is none. Numbers that JSON cannot hold are kept as words. */
const fromJson: Record<"number" | "text" | "boolean", (sql: string) => string> = {
  number: (sql) =>
    `case when jsonb_typeof(${sql}) = 'number' or ${sql} #>> '{}' in ${wordsForNumbers} then (${sql} #>> '{}')::float8 end`,
  text: (sql) => `case when jsonb_typeof(${sql}) = 'string' then ${sql} #>> '{}' end`,
  boolean: (sql) => `case when jsonb_typeof(${sql}) = 'boolean' then (${sql})::boolean end`,
};

/** The value as `kind`; null when it can never be. */
export function as(kind: Kind, value: TypedSql): TypedSql | null {
  if (value.kind === kind) return value;
  if (value.kind === "json" && kind in fromJson)
    return { kind, sql: `(${fromJson[kind as keyof typeof fromJson](value.sql)})` };
  return null;
}
