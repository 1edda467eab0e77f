import { type BinaryFrame, decodeFrame, fromJsonNumbers, type ServerFrame } from "@etude/contracts";
import { parseJson } from "./error.ts";

/** What the server says on the socket, columns as typed arrays whichever way they travelled. */
export type LiveFrame =
  | BinaryFrame
  | Exclude<ServerFrame, { readonly type: "points-appended" | "points-summarised" | "heartbeat" }>;

/** The state of the line itself. Nothing is lost while it is down: the next connection continues from the cursor. */
export type ConnectionEvent =
  | { readonly type: "connection-opened" }
  | { readonly type: "connection-lost"; readonly reason: string; readonly retryAfterMs: number };

export type LiveEvent = LiveFrame | ConnectionEvent;

export type PointsEvent = Extract<LiveFrame, { readonly type: "points-appended" | "points-summarised" }>;
export type RewindEvent = Extract<LiveFrame, { readonly type: "history-rewound" }>;

/**
 * Reads one message of the socket. Undefined for heartbeats and for kinds of frame that this client does not know. Text
 * frames are typed by the contract and not checked against it, so that a newer server may say more.
 */
export function readFrame(message: string | ArrayBuffer): LiveFrame | undefined {
  if (typeof message !== "string") return decodeFrame(new Uint8Array(message));
  const frame = (parseJson(message) ?? {}) as ServerFrame;
  switch (frame.type) {
    case "points-appended":
      return {
        ...frame,
        series: frame.series.map(({ key, index, from, steps, values }) => ({
          key,
          index,
          from,
          steps: Float64Array.from(steps),
          values: fromJsonNumbers(values),
        })),
      };
    case "points-summarised":
      return {
        ...frame,
        series: frame.series.map((one) => ({
          ...one,
          step: Float64Array.from(one.step),
          last: fromJsonNumbers(one.last),
          min: fromJsonNumbers(one.min),
          max: fromJsonNumbers(one.max),
          mean: fromJsonNumbers(one.mean),
          count: Float64Array.from(one.count),
        })),
      };
    case "subscribed":
    case "history-rewound":
    case "run-changed":
    case "run-deleted":
    case "log-appended":
    case "problem":
      return frame;
    default:
      return undefined;
  }
}
