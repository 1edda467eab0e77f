import { scheduleCatalogue } from "@etude/catalog";
import { UsageError } from "../exit-codes.ts";
import { formatFacts, formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";

export const showSchedule: Register = (program, context) => {
  program
    .command("show")
    .description("Show a kind of schedule: formula, when to use it, parameters, an example.")
    .argument("<kind>", "see `etude schedule list`")
    .addHelpText("after", "\nExample:\n  etude schedule show greedy")
    .action((kind: string, _, command) => {
      const { json, style, print, printJson } = context(command);
      const schedules = scheduleCatalogue();
      const entry = schedules.find((one) => one.kind === kind);
      if (entry === undefined) {
        const known = schedules.map((one) => one.kind).join(", ");
        throw new UsageError(`No schedule is called ${JSON.stringify(kind)}.`, `Known are ${known}.`);
      }
      if (json) return printJson(entry);
      const { doc, parameters, example } = entry;
      print(`${style.bold(doc.title)}  ${style.dim(kind)}\n${doc.summary}\n`);
      print(
        formatFacts(
          [
            ["formula", doc.formula],
            ["when", doc.when],
            ["source", doc.source],
          ],
          style,
        ),
      );
      const rows = Object.entries((parameters["properties"] ?? {}) as Record<string, JsonSchema>)
        .filter(([name]) => name !== "kind")
        .map(([name, schema]) => [style.bold(name), typeOf(schema), defaultOf(schema), schema.description ?? ""]);
      print(
        `\n${formatTable(
          ["PARAMETER", "TYPE", "DEFAULT", ""].map((title) => ({ title })),
          rows,
          style,
        )}`,
      );
      print(`${style.dim("example")}  ${JSON.stringify(example)}`);
    });
};

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly $ref?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, unknown>>;
}

const defaultOf = (schema: JsonSchema): string => (schema.default === undefined ? "" : JSON.stringify(schema.default));

/** A parameter's type in a word or two. */
function typeOf(schema: JsonSchema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(typeOf))].join(" | ");
  if (schema.enum) return schema.enum.join(" | ");
  if (schema.const !== undefined) return String(schema.const);
  if (schema.type === "object" && schema.properties) return `{ ${Object.keys(schema.properties).join(", ")} }`;
  if (schema.type === "array") return schema.items ? `list of ${typeOf(schema.items)}` : "list";
  return schema.type ?? "any";
}
