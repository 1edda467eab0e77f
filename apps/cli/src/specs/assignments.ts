import { UsageError } from "../exit-codes.ts";

/** A change to a spec: a path of names and what stands there. */
export interface Assignment {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** Reads a value as JSON (5, true, null, [1,2], {"a":1}), and as plain text when it is none. */
export function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Reads `schedule.patience=5`. Throws a UsageError when it has no path or no `=`. */
export function parseAssignment(text: string): Assignment {
  const at = text.indexOf("=");
  const path = text.slice(0, at).split(".");
  if (at < 1 || path.includes("") || path.some((name) => name === "__proto__")) {
    throw new UsageError(`--set ${JSON.stringify(text)} is no assignment.`, "Write it like --set schedule.patience=5");
  }
  return { path, value: parseValue(text.slice(at + 1)) };
}

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null && !Array.isArray(value);

/** A copy of an object with the assignments made in order; objects on the way are made, a null takes the field away. */
export function assign(target: Tree, assignments: readonly Assignment[]): Tree {
  const result = structuredClone(target);
  for (const { path, value } of assignments) {
    let at = result;
    for (const name of path.slice(0, -1)) {
      const next = at[name];
      at = isTree(next) ? next : ((at[name] = {}) as Tree);
    }
    const last = path.at(-1) as string;
    if (value === null) delete at[last];
    else at[last] = value;
  }
  return result;
}

/** The assignments as a JSON merge patch (RFC 7396), in which null takes a field away. */
export function toMergePatch(assignments: readonly Assignment[]): Tree {
  const patch: Tree = {};
  for (const { path, value } of assignments) {
    let at = patch;
    for (const name of path.slice(0, -1)) at = isTree(at[name]) ? at[name] : ((at[name] = {}) as Tree);
    at[path.at(-1) as string] = value;
  }
  return patch;
}
