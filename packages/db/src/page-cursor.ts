import { Problem } from "@etude/contracts";
import { z } from "zod";

/** The last row of a page: its number, and what it was ordered by besides. */
export interface PageMark {
  readonly order: string;
  readonly number: number;
  readonly value: number | string | null;
}

const Wire = z.tuple([z.string(), z.int(), z.union([z.number(), z.string(), z.null()])]);

/** The opaque text that continues after a row. */
export const encodePageMark = ({ order, number, value }: PageMark): string =>
  Buffer.from(JSON.stringify([order, number, value])).toString("base64url");

/** Reads a mark back. Throws Problem invalid_cursor when it is not ours, or was made for another order. */
export function decodePageMark(text: string, order: string): PageMark {
  let wire: unknown;
  try {
    wire = JSON.parse(Buffer.from(text, "base64url").toString());
  } catch {
    throw new Problem("invalid_cursor");
  }
  const parsed = Wire.safeParse(wire);
  if (!parsed.success) throw new Problem("invalid_cursor");
  const [made, number, value] = parsed.data;
  if (made !== order) throw new Problem("invalid_cursor", `The cursor belongs to the order ${made}, not ${order}.`);
  return { order, number, value };
}
