/** An HTTP response as the live classes see it: frames out as server-sent events. */
import type { ServerResponse } from "node:http";
import type { ServerFrame } from "@etude/contracts";
import type { Metrics } from "@etude/service";
import type { Outlet } from "./outlet.ts";
import type { Mark } from "./viewer.ts";

export interface EventOutletOptions {
  /** Names the place that a frame leads to. */
  readonly idAfter: (mark: Mark) => string | undefined;
  /** The stream ends with this frame. */
  readonly last?: ServerFrame["type"];
}

/** Returns the outlet of a response whose head is sent. */
export function eventOutlet(
  response: ServerResponse,
  { framesSent }: Pick<Metrics, "framesSent">,
  { idAfter, last }: EventOutletOptions,
): Outlet {
  const send: Outlet["send"] = (type, message, mark) =>
    new Promise((resolve, reject) => {
      framesSent.inc({ type });
      const id = mark && idAfter(mark);
      const data = typeof message === "string" ? message : Buffer.from(message).toString();
      response.write(`${id === undefined ? "" : `id: ${id}\n`}event: ${type}\ndata: ${data}\n\n`, (error) =>
        error ? reject(error) : resolve(),
      );
      if (type === last) response.end();
    });
  return {
    send,
    say: (frame: ServerFrame) => void send(frame.type, JSON.stringify(frame)).catch(() => {}),
    get bufferedAmount() {
      return response.writableLength;
    },
  };
}
