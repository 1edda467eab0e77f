import { parquetMetadata, parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { columnOf, numberColumn } from "./cells.ts";
import { checkTableSize, type Column, type Table, UploadError } from "./table.ts";

/** Reads a Parquet file with flat columns of numbers, booleans, dates or texts. Throws UploadError naming the column. */
export async function readParquet(bytes: Uint8Array, categories: ReadonlySet<string>): Promise<Table> {
  const file = bytes.slice().buffer;
  const cells = new Map<string, unknown[]>();
  let rows = 0;
  try {
    const metadata = parquetMetadata(file);
    rows = Number(metadata.num_rows);
    const width = (metadata.schema[0]?.num_children ?? 0) || 1;
    checkTableSize(rows, width);
    await parquetRead({
      file,
      metadata,
      compressors,
      onChunk({ columnName, columnData, rowStart }) {
        const column = cells.get(columnName) ?? Array.from<unknown>({ length: rows }).fill(null);
        cells.set(columnName, column);
        for (let i = 0; i < columnData.length; i++) column[rowStart + i] = columnData[i];
      },
    });
  } catch (error) {
    if (error instanceof UploadError) throw error;
    throw new UploadError(`the file begins like Parquet and cannot be read: ${(error as Error).message}`);
  }
  if (rows === 0) throw new UploadError("the file holds no row of data; give at least two");
  return {
    format: "parquet",
    rows,
    columns: [...cells].map(([name, values]) => parquetColumn(name, values, categories.has(name))),
  };
}

function parquetColumn(name: string, values: readonly unknown[], asText: boolean): Column {
  const kinds = new Set(values.filter((value) => value !== null && value !== undefined).map(kindOf));
  if (kinds.has("object")) {
    const at = values.findIndex((value) => value !== null && value !== undefined && kindOf(value) === "object");
    throw new UploadError(
      `row ${at + 1}, column "${name}" holds a list or a structure; give each number a column of its own, or upload arrays as NPY`,
    );
  }
  if (!asText && !kinds.has("string") && !kinds.has("boolean") && kinds.size > 0) {
    return numberColumn(
      name,
      [],
      Float64Array.from(values, (value) => numberOf(value)),
    );
  }
  return columnOf(
    name,
    values.map((value) => (value === null || value === undefined ? "" : String(value))),
    asText,
  );
}

const kindOf = (value: unknown): "number" | "string" | "boolean" | "object" => {
  if (typeof value === "number" || typeof value === "bigint" || value instanceof Date) return "number";
  return typeof value === "string" || typeof value === "boolean" ? (typeof value as "string" | "boolean") : "object";
};

const numberOf = (value: unknown): number =>
  value === null || value === undefined ? Number.NaN : Number(value instanceof Date ? value.getTime() : value);
