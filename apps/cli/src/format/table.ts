import { stripVTControlCharacters } from "node:util";
import type { Style } from "./style.ts";

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** Width of a text in a terminal; our texts hold no wide characters beside names, where code points are near enough. */
export const widthOf = (text: string): number => [...stripVTControlCharacters(text)].length;

export const pad = (text: string, width: number, align: "left" | "right" = "left"): string => {
  const space = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + space : space + text;
};

/** Cuts a plain text to a width, with an ellipsis. */
export const cut = (text: string, width: number): string =>
  [...text].length <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join("")}…`;

/** Rows below a dim heading, columns two spaces apart, ending with a line break. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[], style: Style): string {
  const widths = columns.map(({ title }, i) => Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i] ?? ""))));
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ align }, i) => pad(cells[i] ?? "", widths[i] ?? 0, align))
      .join("  ")
      .trimEnd();
  const heading = style.dim(line(columns.map(({ title }) => title)));
  return `${[heading, ...rows.map(line)].join("\n")}\n`;
}

/** Names and values below one another, names dim and aligned, empty values left out. */
export function formatFacts(facts: readonly (readonly [string, string | undefined])[], style: Style): string {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== "");
  const width = Math.max(0, ...known.map(([name]) => name.length));
  return known.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${value}\n`).join("");
}
