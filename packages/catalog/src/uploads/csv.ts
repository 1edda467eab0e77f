import Papa from "papaparse";
import { columnOf, isNumeric } from "./cells.ts";
import { checkTableSize, type Table, UploadError } from "./table.ts";

const delimiters = [",", ";", "\t", "|"];
const mostColumns = 20_000;

/**
 * Reads comma-, semicolon-, tab- or bar-separated text; the delimiter is the one that cuts the lines alike. The first line
 * holds names unless one of its values is a number; columns without a name are called column-1, column-2, … Throws
 * UploadError naming the row.
 */
export function readCsv(bytes: Uint8Array, categories: ReadonlySet<string>): Table {
  const text = decode(bytes);
  const columns: string[][] = [];
  let names: string[] = [];
  let header = false;
  let rows = 0;
  const { meta } = Papa.parse<string[]>(text, {
    delimitersToGuess: delimiters,
    skipEmptyLines: "greedy",
    step({ data, errors }) {
      const quotes = errors.find(({ type }) => type === "Quotes");
      if (quotes) throw new UploadError(`row ${rows + 1}: a quotation mark is not closed, or stands alone in a value`);
      if (columns.length === 0) {
        header = !data.some((cell) => isNumeric(cell.trim()));
        names = named(data, header);
        for (const _ of names) columns.push([]);
        if (header) return;
      }
      rows++;
      if (data.length !== columns.length) throw ragged(rows, data.length, columns.length);
      for (let i = 0; i < data.length; i++) columns[i]!.push(data[i]!);
      if (rows % 65_536 === 0) checkTableSize(rows, columns.length);
    },
  });
  if (rows === 0) throw new UploadError("the file holds no row of data; give at least two");
  return {
    format: "csv",
    rows,
    columns: columns.map((texts, i) => columnOf(names[i]!, texts, categories.has(names[i]!))),
    csv: { delimiter: meta.delimiter, header },
  };
}

function decode(bytes: Uint8Array): string {
  if (bytes.subarray(0, 4096).includes(0)) {
    throw new UploadError("the file is neither text nor NPY, NPZ or Parquet; give one of these, or CSV in UTF-8");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new UploadError("the file is not UTF-8 text; save it as CSV in UTF-8");
  }
}

function named(cells: readonly string[], header: boolean): string[] {
  if (cells.length > mostColumns) {
    throw new UploadError(`the first line has ${cells.length} columns; at most ${mostColumns} can be read`);
  }
  const names = cells.map((cell, i) => (header && cell.trim() !== "" ? cell.trim() : `column-${i + 1}`));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UploadError(`two columns are named "${twice}"; give each a name of its own`);
  return names;
}

function ragged(row: number, found: number, expected: number): UploadError {
  const values = found === 1 ? "1 value" : `${found} values`;
  return new UploadError(
    `row ${row} has ${values}, the first line ${expected}; give every row the same columns, and put text with the delimiter in it in quotation marks`,
  );
}
