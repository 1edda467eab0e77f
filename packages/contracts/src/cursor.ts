import { z } from "zod";

/** The content of a cursor: for each series index of a run, how many of its points the holder has. |cursor| = the sum. */
export interface CursorContent {
  readonly attempt: number;
  readonly counts: readonly number[];
}

const Wire = z.tuple([z.int().min(0), z.array(z.int().min(0)).max(4096)]);

/** The cursor of somebody who has nothing. */
export const emptyCursor: CursorContent = { attempt: 0, counts: [] };

/** The opaque text of a cursor (URL-safe). */
export function encodeCursor({ attempt, counts }: CursorContent): string {
  return btoa(JSON.stringify([attempt, counts]))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** Reads a cursor back; undefined when the text was not made by `encodeCursor`. */
export function decodeCursor(text: string): CursorContent | undefined {
  try {
    const parsed = Wire.safeParse(JSON.parse(atob(text.replaceAll("-", "+").replaceAll("_", "/"))));
    return parsed.success ? { attempt: parsed.data[0], counts: parsed.data[1] } : undefined;
  } catch {
    return undefined;
  }
}

/** Points that the holder of a cursor has in all. */
export const cursorSize = ({ counts }: CursorContent): number => counts.reduce((sum, count) => sum + count, 0);
