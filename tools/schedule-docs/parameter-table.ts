/** Parameters of a JSON Schema as a Markdown table. */

interface Property {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Property[];
  readonly items?: Property;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly required?: readonly string[];
  readonly $ref?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly description?: string;
}

export type ObjectSchema = Property;

const number = (value: number): string =>
  Math.abs(value) >= 1e6 ? value.toExponential().replace("e+", "e") : String(value);

/** Returns the allowed values in words. */
function allowed(property: Property): string {
  const { type, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = property;
  if (property.$ref) {
    const name = property.$ref.split("/").at(-1)!;
    return ["Warmup", "Tail"].includes(name) ? `[${name.toLowerCase()}](combinators.md)` : "see below";
  }
  if ("const" in property) return `\`${JSON.stringify(property.const).replaceAll('"', "")}\``;
  if (property.enum) return property.enum.map((value) => `\`${String(value)}\``).join(", ");
  if (property.anyOf) return property.anyOf.map(allowed).join(" or ");
  if (type === "array")
    return `list of ${property.minItems ?? 0} to ${property.maxItems ?? "any number"}: ${allowed(property.items ?? {})}`;
  if (type === "object") {
    const fields = Object.entries(property.properties ?? {}).map(([name, field]) => `${name}: ${allowed(field)}`);
    return `{ ${fields.join(", ")} }`;
  }
  if (type !== "number" && type !== "integer") return type ?? "anything";
  const from =
    exclusiveMinimum !== undefined
      ? `> ${number(exclusiveMinimum)}`
      : minimum !== undefined
        ? `≥ ${number(minimum)}`
        : "";
  const to =
    exclusiveMaximum !== undefined
      ? `< ${number(exclusiveMaximum)}`
      : maximum !== undefined
        ? `≤ ${number(maximum)}`
        : "";
  return [type === "integer" ? "whole" : "", from, to].filter(Boolean).join(", ").replace("whole, ", "whole ");
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");

/** Returns the table of an object's properties, but for those in `leave`. */
export function parameterTable(schema: ObjectSchema, leave: readonly string[]): string {
  const rows = Object.entries(schema.properties ?? {})
    .filter(([name]) => !leave.includes(name))
    .map(([name, property]) => {
      const standard = schema.required?.includes(name)
        ? "required"
        : property.default === undefined
          ? "–"
          : `\`${JSON.stringify(property.default)}\``;
      return `| \`${name}\` | ${cell(allowed(property))} | ${cell(standard)} | ${cell(property.description ?? "")} |`;
    });
  return ["| parameter | allowed | default | meaning |", "|---|---|---|---|", ...rows].join("\n");
}
