/** The part of JSON Schema that the catalogue's parameters use, read for drawing forms. */

export interface JsonSchema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
}

/** How a value is entered. */
export type Control = "choice" | "switch" | "number" | "text" | "numbers" | "group" | "json";

/** The control for a schema; what no other control covers is entered as JSON. */
export function controlOf(schema: JsonSchema): Control {
  if (schema.enum) return "choice";
  if (schema.properties && !schema.anyOf) return "group";
  switch (schema.type) {
    case "boolean":
      return "switch";
    case "number":
    case "integer":
      return "number";
    case "string":
      return "text";
    case "array":
      return schema.items?.type === "integer" || schema.items?.type === "number" ? "numbers" : "json";
    default:
      return "json";
  }
}

/** A parameter as a form shows it. */
export interface Field {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly required: boolean;
}

/** The parameters of a schema in order, without the kind, which is chosen elsewhere. References are followed. */
export const fieldsOf = (schema: JsonSchema): Field[] =>
  Object.entries(schema.properties ?? {})
    .filter(([name, { const: fixed }]) => name !== "kind" && fixed === undefined)
    .map(([name, property]) => ({
      name,
      schema: resolve(property, schema.$defs),
      required: (schema.required ?? []).includes(name) && property.default === undefined,
    }));

/** Puts the definition that a schema refers to in its place; inner schemas keep the definitions for their own references. */
function resolve(schema: JsonSchema, definitions: JsonSchema["$defs"]): JsonSchema {
  if (definitions === undefined) return schema;
  const { $ref, ...own } = schema;
  const target = $ref === undefined ? undefined : definitions[$ref.replace("#/$defs/", "")];
  return { ...target, ...own, $defs: definitions };
}

const usualStarts: Readonly<Record<string, object>> = { warmup: { fraction: 0.05 }, tail: { fraction: 0.2 } };

/** What an optional group holds when it is switched on. */
export const startOf = ({ name, schema }: Field): unknown => schema.default ?? usualStarts[name] ?? {};

/** The default as a person would type it. */
export const defaultText = ({ default: value }: JsonSchema): string =>
  value === undefined
    ? ""
    : Array.isArray(value)
      ? value.join(", ")
      : typeof value === "object"
        ? JSON.stringify(value)
        : String(value);

/** Reads what was typed. Undefined: nothing, so the default holds. What cannot be read stays text, and validation says why. */
export function readText(control: Control, text: string): unknown {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (control === "text") return text;
  if (control === "numbers") return trimmed.split(/[\s,]+/).map((part) => numberOr(part));
  if (control === "number") return numberOr(trimmed);
  try {
    return JSON.parse(trimmed);
  } catch {
    return trimmed;
  }
}

/** The text of a value for its control; the inverse of `readText`. */
export function writeText(control: Control, value: unknown): string {
  if (value === undefined) return "";
  if (control === "numbers" && Array.isArray(value)) return value.join(", ");
  return typeof value === "string" ? value : control === "json" ? JSON.stringify(value) : String(value);
}

function numberOr(text: string): number | string {
  const value = Number(text);
  return Number.isNaN(value) ? text : value;
}
