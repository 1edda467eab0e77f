import type { Upload, UploadColumn } from "@etude/contracts";
import { formatCount, formatNumber } from "./numbers.ts";
import type { Style } from "./style.ts";
import { formatTable } from "./table.ts";

/** At most so many columns and classes are shown. */
const shown = 40;
const shownClasses = 5;

/** An upload and its columns as text. */
export function describeUpload({ id, name, sha256, bytes, schema }: Upload, style: Style): string {
  const { format, rows, columns } = schema;
  const head = `${id}  ${name}  ${format}, ${formatCount(rows)} rows, ${formatCount(columns.length)} columns, ${formatCount(bytes)} bytes`;
  const table = formatTable(
    ["COLUMN", "TYPE", "VALUES", "MISSING"].map((title) => ({ title })),
    columns.slice(0, shown).map((column) => [column.name, typeOf(column), valuesOf(column), String(column.missing)]),
    style,
  );
  const more = columns.length > shown ? `\n… and ${formatCount(columns.length - shown)} more` : "";
  return `${head}\n${style.dim(`sha256 ${sha256}`)}\n\n${table}${more}`;
}

const typeOf = ({ type, shape }: UploadColumn): string => (shape.length === 0 ? type : `${type} [${shape.join(", ")}]`);

function valuesOf({ type, classes, distinct, min, max, invalid }: UploadColumn): string {
  if (invalid) return `row ${invalid.row}: "${invalid.text}" is not a number (${invalid.count} such)`;
  if (type === "number") return `${formatNumber(min)} to ${formatNumber(max)}`;
  if (classes.length === 0) return `${distinct ?? "more than 1000"} different`;
  const names = classes.slice(0, shownClasses).map(({ value, rows }) => `${value} (${rows})`);
  return names.join(", ") + (classes.length > shownClasses ? ", …" : "");
}
