/** Frames for one viewer, in the form it asked for. Points are binary or JSON; everything else is JSON. */
import {
  type BinaryFrame,
  type CursorContent,
  decodeCursor,
  decodeFrame,
  encodeBuckets,
  encodePoints,
  type LogPiece,
  type SeriesBuckets,
  type ServerFrame,
  toJsonNumbers,
} from "@etude/contracts";

export type Format = "binary" | "json";
export type SummaryPiece = Omit<LogPiece, "series"> & { readonly series: readonly SeriesBuckets[] };

export const jsonFrame = (frame: ServerFrame): string => JSON.stringify(frame);

const pointsAsJson = ({ series, ...piece }: LogPiece): string =>
  JSON.stringify({
    type: "points-appended",
    ...piece,
    series: series.map(({ key, index, from, steps, values }) => {
      return { key, index, from, n: steps.length, steps: [...steps], values: toJsonNumbers(values) };
    }),
  });

const bucketsAsJson = ({ series, ...piece }: SummaryPiece): string =>
  JSON.stringify({
    type: "points-summarised",
    ...piece,
    series: series.map(({ step, last, min, max, mean, count, ...rest }) => ({
      ...rest,
      step: [...step],
      last: toJsonNumbers(last),
      min: toJsonNumbers(min),
      max: toJsonNumbers(max),
      mean: toJsonNumbers(mean),
      count: [...count],
    })),
  });

/** Viewers that shared a read share its frame. */
const framed = new WeakMap<LogPiece["series"], Partial<Record<Format, Uint8Array | string>>>();

export function pointsFrame(piece: LogPiece, format: Format): Uint8Array | string {
  const known = framed.get(piece.series) ?? {};
  framed.set(piece.series, known);
  return (known[format] ??= format === "binary" ? encodePoints(piece) : pointsAsJson(piece));
}

export const summaryFrame = (piece: SummaryPiece, format: Format): Uint8Array | string =>
  format === "binary" ? encodeBuckets(piece) : bucketsAsJson(piece);

interface PointsFrame extends Extract<BinaryFrame, { type: "points-appended" }> {
  /** What its cursor says. */
  readonly reached: CursorContent;
}

/** The hub hands every viewer of a run the same bytes: they are decoded, and written as JSON, once. */
const decoded = new WeakMap<Uint8Array, PointsFrame | null>();
const written = new WeakMap<PointsFrame, string>();

/** The points that rode along with a ring; null when the bytes are not a frame of points. */
export function riding(bytes: Uint8Array): PointsFrame | null {
  let frame = decoded.get(bytes);
  if (frame === undefined) {
    try {
      const one = decodeFrame(bytes);
      const reached = decodeCursor(one.cursor);
      frame = one.type === "points-appended" && reached ? { ...one, reached } : null;
    } catch {
      frame = null;
    }
    decoded.set(bytes, frame);
  }
  return frame;
}

/** A frame that rode along, as this viewer wants it. */
export function ridingFrame(bytes: Uint8Array, frame: PointsFrame, format: Format): Uint8Array | string {
  if (format === "binary") return bytes;
  let text = written.get(frame);
  const { reached: _, ...piece } = frame;
  if (text === undefined) written.set(frame, (text = pointsAsJson(piece)));
  return text;
}
