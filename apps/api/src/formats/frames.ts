import { encodeBuckets, encodePoints } from "@etude/contracts";
import type { QueriedCurve, QueryResult } from "../query/result.ts";

/** Before each frame: its length in bytes as u32, and a u32 of 0, so that columns stay aligned. */
const prefixBytes = 8;

function frameOf(curves: readonly QueriedCurve[], mode: "exact" | "bucketed"): Uint8Array | null {
  const here = curves.filter(({ columns }) => columns.mode === mode);
  const [one] = here;
  if (!one) return null;
  const { runId, attempt } = one.columns;
  const piece = { runId, attempt, from: 0, to: here.reduce((sum, { columns }) => sum + columns.total, 0), cursor: "" };
  if (mode === "exact")
    return encodePoints({
      ...piece,
      series: here.flatMap(({ columns, x }) =>
        columns.mode === "exact" ? [{ ...columns.points, ...(x && { steps: x }) }] : [],
      ),
    });
  return encodeBuckets({
    ...piece,
    series: here.flatMap(({ columns, x }) =>
      columns.mode === "bucketed" ? [{ ...columns.buckets, ...(x && { step: x }) }] : [],
    ),
  });
}

/**
 * The curves as frames (frame-codec.ts) one behind another: of each run one with its exact series, one with its bucketed
 * ones. Off the axis step, places on the axis stand where the steps do.
 */
export function queryFrames({ curves }: QueryResult): Buffer {
  const byRun = new Map<string, QueriedCurve[]>();
  for (const curve of curves) {
    const own = byRun.get(curve.columns.runId);
    if (own) own.push(curve);
    else byRun.set(curve.columns.runId, [curve]);
  }
  const frames = [...byRun.values()].flatMap((own) => [frameOf(own, "exact"), frameOf(own, "bucketed")]);
  return Buffer.concat(
    frames.flatMap((frame) => {
      if (!frame) return [];
      const prefix = Buffer.alloc(prefixBytes);
      prefix.writeUInt32LE(frame.length);
      return [prefix, frame];
    }),
  );
}
