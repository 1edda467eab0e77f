/**
 * Ids of server-sent events: what the client has once it has seen the event. For a run the cursor itself; for a study
 * the cursor of each of its runs that has points, as bytes: 16 of the run, then attempt, number of series and count of
 * each series as LEB128 numbers.
 */
import { type CursorContent, decodeCursor, encodeCursor, Problem, type RunId } from "@etude/contracts";

/** A client sends the id back in a header, and servers accept about 16 KiB of those. */
export const maxIdLength = 12_000;

export type Cursors = ReadonlyMap<RunId, CursorContent>;

function pushNumber(to: number[], value: number): void {
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) to.push((rest % 0x80) | 0x80);
  to.push(rest);
}

/** The id of a study's event; undefined when it would be too long to be sent back. */
export function encodeStudyId(cursors: Cursors): string | undefined {
  const bytes: number[] = [];
  for (const [runId, { attempt, counts }] of cursors) {
    if (counts.every((count) => count === 0)) continue;
    bytes.push(...Buffer.from(runId.replaceAll("-", ""), "hex"));
    for (const value of [attempt, counts.length, ...counts]) pushNumber(bytes, value);
  }
  const id = Buffer.from(bytes).toString("base64url");
  return id.length > maxIdLength ? undefined : `s${id}`;
}

/** Reads it back. Throws Problem invalid_cursor. */
export function decodeStudyId(id: string): Map<RunId, CursorContent> {
  const bytes = id.startsWith("s") ? Buffer.from(id.slice(1), "base64url") : Buffer.of(0);
  const cursors = new Map<RunId, CursorContent>();
  let at = 0;
  const read = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = bytes[at++];
      if (byte === undefined || scale > 2 ** 49) throw new Problem("invalid_cursor");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const hex = bytes.toString("hex", at, at + 16);
    if (hex.length < 32) throw new Problem("invalid_cursor");
    at += 16;
    const runId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5") as RunId;
    const attempt = read();
    const counts = Array.from({ length: Math.min(read(), 4096) }, read);
    cursors.set(runId, { attempt, counts });
  }
  return cursors;
}

/** The id of a run's event. */
export const encodeRunId = encodeCursor;

/** Reads it back. Throws Problem invalid_cursor. */
export function decodeRunId(id: string): CursorContent {
  const cursor = decodeCursor(id);
  if (cursor === undefined) throw new Problem("invalid_cursor");
  return cursor;
}
