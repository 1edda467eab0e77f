/** Tables as text, piece by piece: a slow reader holds up the next piece, not the server's memory. */
import { toJsonNumber } from "@etude/contracts";
import type { Block, Table } from "./table.ts";

/** Rows in one piece of text. */
const rowsAtOnce = 4096;

async function* pieces(
  blocks: Table["blocks"],
  rowOf: (block: Block) => (row: number) => string,
): AsyncGenerator<string, void> {
  for await (const block of blocks) {
    const write = rowOf(block);
    const rows = block.numbers[0]?.length ?? 0;
    for (let from = 0; from < rows; from += rowsAtOnce) {
      let text = "";
      for (let row = from; row < Math.min(rows, from + rowsAtOnce); row += 1) text += write(row);
      yield text;
    }
  }
}

/** RFC 4180: what holds a separator, a quote or a line break is quoted. */
const csvText = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Comma-separated values with a heading. Numbers are the shortest text that reads back as the same float64. */
export async function* csv({ texts, numbers, blocks }: Table): AsyncGenerator<string, void> {
  yield `${[...texts, ...numbers].map(csvText).join(",")}\r\n`;
  yield* pieces(blocks, (block) => {
    const before = block.texts.map((text) => `${csvText(text)},`).join("");
    return (row) => {
      let line = before;
      for (let i = 0; i < block.numbers.length; i += 1) line += `${i === 0 ? "" : ","}${block.numbers[i]?.[row]}`;
      return `${line}\r\n`;
    };
  });
}

/** One JSON object a line. What JSON cannot hold as a number is a word, as everywhere in the API. */
export function ndjson({ texts, numbers, blocks }: Table): AsyncGenerator<string, void> {
  const names = numbers.map((name) => `${JSON.stringify(name)}:`);
  return pieces(blocks, (block) => {
    const before = texts.map((name, i) => `${JSON.stringify(name)}:${JSON.stringify(block.texts[i])},`).join("");
    return (row) => {
      let line = `{${before}`;
      for (let i = 0; i < names.length; i += 1)
        line += `${i === 0 ? "" : ","}${names[i]}${JSON.stringify(toJsonNumber(block.numbers[i]?.[row] as number))}`;
      return `${line}}\n`;
    };
  });
}
