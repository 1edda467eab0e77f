/** Writes docs/reference/errors.md, frames.md and rest.md from packages/contracts. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClientFrame, type Operation, operations, problems, ServerFrame } from "@etude/contracts";
import { z } from "zod";

const folder = fileURLToPath(new URL("../docs/reference", import.meta.url));
const made = "<!-- Made by tools/generate-reference.ts from packages/contracts; run `npm run generate`. -->";

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** JSON Schema whose top level is written out; named schemas below it stay references. */
function schemaOf(schema: z.ZodType): Schema {
  const whole = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" }) as Schema & {
    readonly $defs?: Readonly<Record<string, Schema>>;
  };
  return whole.$ref === undefined ? whole : (whole.$defs?.[nameIn(whole.$ref)] ?? whole);
}

const nameIn = (reference: string): string => reference.split("/").at(-1) ?? reference;

const code = (value: unknown): string => `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;

/** A schema in a few words. */
function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return code(nameIn(schema.$ref));
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(" or ");
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return [...new Set(alternatives.map(typeOf))].join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, field]) => `${name}: ${typeOf(field)}`);
    return `{ ${fields.join(", ")} }`;
  }
  const types = [schema.format ?? schema.type ?? "anything"].flat().join(" or ");
  const low = schema.minimum !== undefined && schema.minimum > -Number.MAX_SAFE_INTEGER ? ` ≥ ${schema.minimum}` : "";
  const high = schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER ? ` ≤ ${schema.maximum}` : "";
  return `${types}${low}${high}`;
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

function fieldTable(schema: Schema): string[] {
  const required = new Set(schema.required ?? []);
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const need = required.has(name) ? "yes" : field.default === undefined ? "no" : `no: ${code(field.default)}`;
    return `| ${code(name)} | ${cell(typeOf(field))} | ${need} | ${cell(field.description ?? "")} |`;
  });
  return ["| field | type | required | meaning |", "| --- | --- | --- | --- |", ...rows];
}

function errors(): string {
  const rows = Object.entries(problems).flatMap(([name, { status, title, remedy }]) => [
    `## ${name}`,
    "",
    `Status ${status}. ${title}.`,
    "",
    remedy,
    "",
  ]);
  return [
    "# Errors",
    "",
    made,
    "",
    "Every error is a JSON document of type `application/problem+json` (RFC 9457): `type`, `title`, `status`, `code`,",
    "`detail`, `remedy`, `requestId`, and `errors` where single fields were wrong. Each entry of `errors` has the `path` of",
    "the field, a `message` with the value that came, and `allowed` where the values can be listed.",
    "",
    ...rows,
  ].join("\n");
}

const frameSections = (union: { readonly options: readonly z.ZodType[] }): string[] =>
  union.options.flatMap((option) => {
    const schema = schemaOf(option);
    const name = String(schema.properties?.["type"]?.const);
    const nested = schema.properties?.["series"]?.items;
    return [
      `### ${name}`,
      "",
      ...(schema.description === undefined ? [] : [schema.description, ""]),
      ...fieldTable(schema),
      "",
      ...(nested === undefined ? [] : ["Each entry of `series`:", "", ...fieldTable(nested), ""]),
    ];
  });

const frameIntroduction = `The WebSocket is at \`/v1/live\`. It is authorised like a request: \`Authorization: Bearer\`, or the session cookie.
Text messages are JSON. Binary messages carry points: the same object without its columns as a header, the columns after it.

## Binary layout

One layout for live frames and for \`GET /v1/runs/{runId}/history?format=binary\`, little-endian throughout:

| bytes | content |
| --- | --- |
| 4 | length of the header, unsigned |
| that many | the header, JSON in UTF-8 |
| to a multiple of 8 | zeros |
| the rest | the columns of each series in order, each padded to a multiple of 8 |

In \`points-appended\`, each series of the header has \`steps\`: \`{ first, stride }\` when step i is first + i·stride (no column
follows), or \`"f64"\`; and \`values\`: \`"f32"\` where that loses nothing, else \`"f64"\`. In \`points-summarised\` each series has
\`buckets\`, the length of its six float64 columns step, last, min, max, mean, count.

## Positions

A run's points are a log. \`from\` and \`to\` are the number of points of all series before and after a frame; a frame
continues what you have when its attempt is yours and \`from\` is your count. Each frame carries a \`cursor\`: send the last one
back as \`after\` when you reconnect, to any server, and you get exactly what is missing. After a crash a run goes on from a
checkpoint as a new attempt; \`history-rewound\` tells how many points of each series to keep. A viewer far behind gets
\`points-summarised\`, whose buckets keep last, min, max, mean and count; the exact points are at the history operation.
`;

function frames(): string {
  return [
    "# Frames",
    "",
    made,
    "",
    frameIntroduction,
    "## From the server",
    "",
    ...frameSections(ServerFrame),
    "## From the client",
    "",
    ...frameSections(ClientFrame),
  ].join("\n");
}

/** A body as a reference where it has a name. */
const bodyOf = (schema: z.ZodType | undefined): Schema =>
  schema === undefined ? {} : (schemaOf(z.object({ body: schema })).properties?.["body"] ?? {});

function operationSection([name, operation]: [string, Operation]): string[] {
  const { method, path, summary, description, scope, query, body, ok } = operation;
  const needs = scope === "none" ? "Open to everybody." : `Needs the scope \`${scope}\`.`;
  const answer = ok.body === undefined ? "" : ` with ${typeOf(bodyOf(ok.body))}`;
  const own = operation.problems.map((one) => `[\`${one}\`](errors.md#${one})`).join(", ");
  const fields = body === undefined ? undefined : schemaOf(body);
  return [
    `### ${summary}`,
    "",
    `\`${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}\` · \`${name}\``,
    "",
    ...(description === undefined ? [] : [description, ""]),
    `${needs} Answers ${ok.status}${answer}.`,
    "",
    ...(query === undefined ? [] : ["Query:", "", ...fieldTable(schemaOf(query)), ""]),
    ...(fields === undefined
      ? []
      : fields.properties === undefined
        ? [`Body: ${typeOf(bodyOf(body))}.`, ""]
        : ["Body:", "", ...fieldTable(fields), ""]),
    ...(own === "" ? [] : [`Problems: ${own}.`, ""]),
  ];
}

function rest(): string {
  const all = Object.entries<Operation>(operations);
  const tags = [...new Set(all.map(([, { tag }]) => tag))];
  return [
    "# REST",
    "",
    made,
    "",
    "The machine-readable form is `apps/api/openapi.json`; a running server shows it at `/docs`. Bodies are JSON. Errors are",
    "[problem documents](errors.md). With a key, send `Authorization: Bearer <key>`.",
    "",
    ...tags.flatMap((tag) => [`## ${tag}`, "", ...all.filter(([, one]) => one.tag === tag).flatMap(operationSection)]),
  ].join("\n");
}

/** Returns the generated files by path, without writing them. */
export function reference(): Map<string, string> {
  const pages = { "errors.md": errors(), "frames.md": frames(), "rest.md": rest() };
  return new Map(Object.entries(pages).map(([name, text]) => [join(folder, name), `${text.trimEnd()}\n`]));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of reference())
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}
