/** Tables as Arrow and Parquet: whole columns, for tools that read them without parsing. */
import {
  columnFromArray,
  columnFromValues,
  dictionary,
  float64,
  int32,
  tableFromColumns,
  tableToIPC,
  utf8,
} from "@uwdata/flechette";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Block, Table } from "./table.ts";

interface Columns {
  readonly texts: readonly { readonly name: string; readonly each: (visit: (text: string) => void) => void }[];
  readonly numbers: readonly { readonly name: string; readonly values: Float64Array }[];
}

const rowsOf = (block: Block): number => block.numbers[0]?.length ?? 0;

async function columnsOf({ texts, numbers, blocks }: Table): Promise<Columns> {
  const all: Block[] = [];
  for await (const block of blocks) all.push(block);
  const rows = all.reduce((sum, block) => sum + rowsOf(block), 0);
  return {
    texts: texts.map((name, i) => ({
      name,
      each: (visit) => {
        for (const block of all) for (let row = rowsOf(block); row > 0; row -= 1) visit(block.texts[i] as string);
      },
    })),
    numbers: numbers.map((name, i) => {
      const values = new Float64Array(rows);
      let at = 0;
      for (const block of all) {
        values.set(block.numbers[i] as Float64Array, at);
        at += rowsOf(block);
      }
      return { name, values };
    }),
  };
}

/** Without a copy; of no values, by the builder, which alone makes an empty batch. */
const columnOf = (values: Float64Array): ReturnType<typeof columnFromArray> =>
  values.length === 0 ? columnFromValues(() => undefined, float64()) : columnFromArray(values);

/** An Arrow IPC stream: texts as dictionaries, numbers as float64. */
export async function arrow(table: Table): Promise<Uint8Array> {
  const { texts, numbers } = await columnsOf(table);
  const type = (): ReturnType<typeof dictionary> => dictionary(utf8(), int32());
  const columns = [
    ...texts.map(({ name, each }) => [name, columnFromValues(each, type())] as const),
    ...numbers.map(({ name, values }) => [name, columnOf(values)] as const),
  ];
  const made = tableFromColumns(columns.map(([name, column]) => [name, column]));
  const bytes = tableToIPC(made, { format: "stream" });
  if (bytes === null) throw new Error("Arrow bytes went elsewhere");
  return bytes;
}

/** A Parquet file: texts as UTF-8 (dictionary-encoded), numbers as DOUBLE. */
export async function parquet(table: Table): Promise<Uint8Array> {
  const { texts, numbers } = await columnsOf(table);
  const columnData = [
    ...texts.map(({ name, each }) => {
      const data: string[] = [];
      each((text) => data.push(text));
      return { name, data, type: "STRING" as const, nullable: false };
    }),
    ...numbers.map(({ name, values }) => ({ name, data: values, type: "DOUBLE" as const, nullable: false })),
  ];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
