import { SeriesKey } from "@etude/contracts";
import { facts, functions, signatures } from "./facts.ts";
import { fieldNames, fieldOf } from "./fields.ts";
import { byLikeness, refuse, type Source } from "./refuse.ts";
import type { Arithmetic, Call, Compare, Expression, Like, Literal, OneOf, Path } from "./syntax.ts";
import { as, type Kind, Parameters, type TypedSql } from "./typed-sql.ts";

const maxSeries = 12;
const maxDeciles = 4;
const words: Record<Kind, string> = {
  number: "a number",
  text: "a text",
  boolean: "true or false",
  time: "a time",
  json: "a value of a spec",
  null: "null",
};

/** What several compilers of one statement share. */
interface Shared {
  readonly parameters: Parameters;
  /** Common table expressions, by what they are made of. */
  readonly ranks: Map<string, string>;
  readonly ctes: string[];
}

/** Turns expressions into SQL over `run` and the rows of the series that they name. */
export class Compiler {
  readonly parameters: Parameters;
  readonly #shared: Shared;
  /** Alias of each series' row, by the parameter of its key. */
  readonly #series = new Map<string, string>();
  readonly #joined = new Set<string>();

  constructor(shared: Shared = { parameters: new Parameters(), ranks: new Map(), ctes: [] }) {
    this.#shared = shared;
    this.parameters = shared.parameters;
  }

  /** `with …` of the ranks that were used. */
  get with(): string {
    return this.#shared.ctes.length === 0 ? "" : `with ${this.#shared.ctes.join(",\n")}\n`;
  }

  /** `run` with every row that the expressions read. */
  get from(): string {
    const series = [...this.#series].map(
      ([key, alias]) => `left join series ${alias} on ${alias}.run_id = run.id and ${alias}.key = ${key}`,
    );
    const ranks = [...this.#joined].map((name) => `left join ${name} on ${name}.ranked = run.id`);
    return ["run", ...series, ...ranks].join("\n  ");
  }

  /** The SQL of an expression. Throws Problem validation_failed at a column of the text. */
  compile(expression: Expression, source: Source): TypedSql {
    switch (expression.type) {
      case "literal":
        return this.#literal(expression);
      case "path":
        return this.#path(expression, source);
      case "call":
        return this.#call(expression, source);
      case "arithmetic":
        return this.#arithmetic(expression, source);
      case "compare":
        return this.#compare(expression, source);
      case "in":
        return this.#oneOf(expression, source);
      case "like":
        return this.#like(expression, source);
      case "is-null":
        return { kind: "boolean", sql: `(${this.compile(expression.subject, source).sql} is null)` };
      case "not":
        return { kind: "boolean", sql: `(not ${this.condition(expression.of, source)})` };
      case "and":
      case "or": {
        const parts = expression.parts.map((part) => this.condition(part, source));
        return { kind: "boolean", sql: `(${parts.join(` ${expression.type} `)})` };
      }
    }
  }

  /** The SQL of an expression that is true or false. */
  condition(expression: Expression, source: Source): string {
    return this.#as("boolean", expression, source).sql;
  }

  #as(kind: Kind, expression: Expression, source: Source): TypedSql {
    const value = this.compile(expression, source);
    const converted = as(kind, value);
    if (converted) return converted;
    throw refuse(source, expression.at, `expected ${words[kind]}, and this is ${words[value.kind]}`);
  }

  #literal({ value }: Literal): TypedSql {
    if (value === null) return { kind: "null", sql: "null" };
    if (typeof value === "number") return { kind: "number", sql: this.parameters.add(value, "float8") };
    if (typeof value === "boolean") return { kind: "boolean", sql: value ? "true" : "false" };
    return { kind: "text", sql: this.parameters.add(value, "text") };
  }

  #path({ parts, at }: Path, source: Source): TypedSql {
    const field = fieldOf(parts, this.parameters);
    if (field) return field;
    const name = parts.join(".");
    throw refuse(source, at, `there is no field ${name}`, byLikeness(name, fieldNames));
  }

  #call({ name, arguments: given, at }: Call, source: Source): TypedSql {
    if (name === "decile") return this.#decile(given, at, source);
    const of = Object.hasOwn(functions, name) ? functions[name] : undefined;
    const [first, ...rest] = given;
    if (of && first && rest.length === 0) return { kind: "number", sql: of(this.#as("number", first, source).sql) };
    const fact = Object.hasOwn(facts, name) ? facts[name] : undefined;
    if (!fact && !of) throw refuse(source, at, `there is no function ${name}`, byLikeness(name, signatures));
    if (!fact || !first || rest.length !== fact.takes.length) {
      const own = signatures.filter((signature) => signature.startsWith(`${name}(`));
      throw refuse(source, at, `write ${own.join("")}`, own);
    }
    const series = this.#seriesOf(first, source);
    const numbers = rest.map((one) => this.#as("number", one, source).sql);
    return { kind: fact.kind, sql: fact.sql(series, numbers) };
  }

  #seriesOf(key: Expression, source: Source): string {
    if (key.type !== "literal" || typeof key.value !== "string" || !SeriesKey.safeParse(key.value).success)
      throw refuse(source, key.at, "expected the key of a series in single quotes, such as 'train/loss'");
    const parameter = this.parameters.add(key.value, "text");
    let alias = this.#series.get(parameter);
    if (alias === undefined) {
      if (this.#series.size === maxSeries)
        throw refuse(source, key.at, `a query may read ${maxSeries} series of a run, and this is one more`);
      alias = `s${this.#series.size}`;
      this.#series.set(parameter, alias);
    }
    return alias;
  }

  /** 1 (the lowest tenth) to 10, among the runs that have the value and agree in the further arguments. */
  #decile(given: readonly Expression[], at: number, source: Source): TypedSql {
    const [of, ...among] = given;
    if (!of) throw refuse(source, at, "write decile(number), or decile(number, field, …) to rank among equals");
    const inner = new Compiler({ ...this.#shared, ranks: new Map(), ctes: [] });
    const { sql } = inner.#as("number", of, source);
    const partition = among.map((one) => inner.compile(one, source).sql).join(", ");
    if (inner.#joined.size > 0) throw refuse(source, at, "a decile of a decile is not understood");
    const select = `select run.id as ranked, least(10, 1 + floor(10 * percent_rank() over (
    ${partition === "" ? "" : `partition by ${partition} `}order by ${sql}))) as decile
  from ${inner.from} where run.deleted_at is null and ${sql} is not null`;
    let name = this.#shared.ranks.get(select);
    if (name === undefined) {
      if (this.#shared.ranks.size === maxDeciles) throw refuse(source, at, `a query may have ${maxDeciles} deciles`);
      name = `rank${this.#shared.ranks.size}`;
      this.#shared.ranks.set(select, name);
      this.#shared.ctes.push(`${name} as materialized (\n  ${select})`);
    }
    this.#joined.add(name);
    return { kind: "number", sql: `${name}.decile` };
  }

  #arithmetic({ operator, left, right }: Arithmetic, source: Source): TypedSql {
    const [a, b] = [this.#as("number", left, source).sql, this.#as("number", right, source).sql];
    return { kind: "number", sql: `(${a} ${operator} ${operator === "/" ? `nullif(${b}, 0)` : b})` };
  }

  #compare({ operator, left, right, at }: Compare, source: Source): TypedSql {
    const [a, b] = this.#alike(left, right, at, source);
    const tagged = [a, b].find(({ tag }) => tag !== undefined);
    const wanted = a === tagged ? right : left;
    if (operator === "=" && tagged && wanted.type === "literal") {
      const entry = this.parameters.add([`${tagged.tag}=${wanted.value}`], "text[]");
      return { kind: "boolean", sql: `(run.tags @> ${entry})` };
    }
    return { kind: "boolean", sql: `(${a.sql} ${operator} ${b.sql})` };
  }

  #oneOf({ subject, list, at }: OneOf, source: Source): TypedSql {
    const pairs = list.map((one) => this.#alike(subject, one, at, source));
    return { kind: "boolean", sql: `(${pairs.map(([a, b]) => `${a.sql} = ${b.sql}`).join(" or ")})` };
  }

  #like({ subject, pattern }: Like, source: Source): TypedSql {
    const [a, b] = [this.#as("text", subject, source), this.#as("text", pattern, source)];
    return { kind: "boolean", sql: `(${a.sql} ilike ${b.sql})` };
  }

  /** Both sides as one kind: a value of a spec is what it is compared with. */
  #alike(left: Expression, right: Expression, at: number, source: Source): [TypedSql, TypedSql] {
    const sides = [this.compile(left, source), this.compile(right, source)] as const;
    const [a, b] = sides;
    if (a.kind === "null" || b.kind === "null")
      throw refuse(source, at, 'compare with null by "is null" or "is not null"');
    this.#checkAllowed(a, right, source);
    this.#checkAllowed(b, left, source);
    if (a.kind === "json" && b.kind === "json") return [a, b];
    if (a.kind === "time" && b.kind === "text") return [a, this.#time(right, source)];
    if (b.kind === "time" && a.kind === "text") return [this.#time(left, source), b];
    const [x, y] = a.kind === "json" ? [as(b.kind, a), b] : [a, as(a.kind, b)];
    if (x && y) return [x, y];
    throw refuse(source, at, `this compares ${words[a.kind]} with ${words[b.kind]}`);
  }

  #checkAllowed({ allowed }: TypedSql, other: Expression, source: Source): void {
    if (!allowed || other.type !== "literal" || typeof other.value !== "string" || allowed.includes(other.value))
      return;
    throw refuse(source, other.at, `it is never '${other.value}'`, byLikeness(other.value, allowed));
  }

  #time(text: Expression, source: Source): TypedSql {
    const at = text.type === "literal" ? new Date(String(text.value)) : new Date(Number.NaN);
    if (Number.isNaN(at.getTime()))
      throw refuse(source, text.at, "expected a time such as '2026-11-24' or '2026-11-24T08:00:00Z'");
    return { kind: "time", sql: this.parameters.add(at.toISOString(), "timestamptz") };
  }
}
