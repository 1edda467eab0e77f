import type { ServerFrame } from "@etude/contracts";
import type { Metrics } from "@etude/service";
import type { WebSocket } from "ws";
import type { ViewerSocket } from "./viewer.ts";

/** A connection as the live classes see it: frames out, and how much of them is still on its way. */
export interface Outlet extends ViewerSocket {
  /** Sends a JSON frame; nothing once the socket closes. */
  say(frame: ServerFrame): void;
}

/** Returns the outlet of a socket. */
export function outletOf(socket: WebSocket, { framesSent }: Pick<Metrics, "framesSent">): Outlet {
  const send: Outlet["send"] = (type, message) =>
    new Promise((resolve, reject) => {
      framesSent.inc({ type });
      socket.send(message, (error) => (error ? reject(error) : resolve()));
    });
  return {
    send,
    // A socket that closes tells its session so; there is nobody left to hear of the frame.
    say: (frame) => void send(frame.type, JSON.stringify(frame)).catch(() => {}),
    get bufferedAmount() {
      return socket.bufferedAmount;
    },
  };
}
