import { continueFrom, pointsOf } from "./continue.ts";
import type { LiveFrame } from "./live-event.ts";

/** What has been handed out of one run's log. */
export interface Position {
  attempt: number;
  /** Opaque mark that the server gave with the last piece; undefined: nothing yet, from the beginning. */
  cursor: string | undefined;
  /** Points of all series; undefined until the first piece after a cursor that the caller brought. */
  total: number | undefined;
  /** Points by series index; a series that is missing is at 0 when `complete`, else unknown. */
  readonly counts: Map<number, number>;
  readonly complete: boolean;
}

export const positionFrom = (cursor: string | undefined): Position => ({
  attempt: 0,
  cursor,
  total: cursor === undefined ? 0 : undefined,
  counts: new Map(),
  complete: cursor === undefined,
});

/**
 * Moves a position over a frame. Returns what of the frame is new (undefined: nothing), or "gap" when it does not
 * continue the position, which then stays: the reader subscribes again from its cursor.
 */
export function advance(position: Position, frame: LiveFrame): LiveFrame | undefined | "gap" {
  const known = (index: number): number | undefined =>
    position.counts.get(index) ?? (position.complete ? 0 : undefined);
  if (frame.type === "history-rewound") {
    if (frame.series.some(({ index, n }) => n > (known(index) ?? n))) return "gap";
    for (const { index, n } of frame.series) position.counts.set(index, n);
    position.attempt = frame.attempt;
    position.cursor = frame.cursor;
    position.total = position.complete ? [...position.counts.values()].reduce((sum, n) => sum + n, 0) : undefined;
    return frame;
  }
  if (frame.type !== "points-appended" && frame.type !== "points-summarised") return frame;
  if (frame.attempt < position.attempt) return undefined;
  if (frame.from > (position.total ?? frame.from)) return "gap";
  const rest = continueFrom(frame, ({ index }) => known(index));
  if (rest === undefined) return "gap";
  if (rest.series.length === 0 && frame.series.length > 0) return undefined;
  for (const one of rest.series) position.counts.set(one.index, one.from + pointsOf(one));
  position.attempt = frame.attempt;
  position.cursor = frame.cursor;
  position.total = frame.to;
  return rest;
}
