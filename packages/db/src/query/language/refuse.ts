import { Problem } from "@etude/contracts";

/** Where a text of the query language stands in a request, for messages. */
export interface Source {
  /** The field: `query`, `select[0]`. */
  readonly path: string;
  readonly text: string;
}

/** A refusal that points at a column (from 1) of the text and lists what may stand there. */
export function refuse({ path, text }: Source, at: number, message: string, allowed?: readonly string[]): Problem {
  const near = text.slice(at, at + 24).split("\n")[0] ?? "";
  const shown = near === "" ? "the end" : `"${near}${text.length > at + 24 ? "…" : ""}"`;
  const said = `column ${at + 1}, at ${shown}: ${message}`;
  return new Problem("validation_failed", `${path}: ${said}`, [
    { path, message: said, ...(allowed === undefined ? {} : { allowed: [...allowed] }) },
  ]);
}

/** The names most like a wrong one come first; a message lists them all. */
export function byLikeness(wrong: string, names: readonly string[]): string[] {
  const pairs = (word: string): Set<string> =>
    new Set(Array.from({ length: Math.max(0, word.length - 1) }, (_, i) => word.slice(i, i + 2).toLowerCase()));
  const of = pairs(wrong);
  const likeness = (name: string): number => {
    const other = pairs(name);
    return [...other].filter((pair) => of.has(pair)).length / (of.size + other.size || 1);
  };
  return [...names].sort((a, b) => likeness(b) - likeness(a));
}
