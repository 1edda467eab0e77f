import { useSyncExternalStore } from "react";
import { serverUrl } from "../api/client.ts";
import { Listeners } from "./listeners.ts";

const pingEveryMs = 5000;
const retryEveryMs = 2000;

/** The line to the server: its state and the time that a message takes there and back. */
export interface Line {
  readonly state: "connecting" | "open" | "closed";
  readonly roundTripMs: number | undefined;
}

let line: Line = { state: "connecting", roundTripMs: undefined };
const listeners = new Listeners();
let socket: WebSocket | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

function become(next: Line): void {
  line = next;
  listeners.notify();
}

/** Keeps one quiet socket whose pings are timed. Curves have sockets of their own. */
function open(): void {
  socket = new WebSocket(`${serverUrl.replace(/^http/, "ws")}/v1/live`);
  const mine = socket;
  let askedAt: number | undefined;
  const ping = (): void => {
    askedAt = performance.now();
    mine.send(JSON.stringify({ type: "ping" }));
  };
  mine.addEventListener("open", ping);
  mine.addEventListener("message", () => {
    if (askedAt === undefined || mine !== socket) return;
    become({ state: "open", roundTripMs: performance.now() - askedAt });
    askedAt = undefined;
    clearTimeout(timer);
    timer = setTimeout(ping, pingEveryMs);
  });
  mine.addEventListener("close", () => {
    if (mine !== socket) return;
    become({ state: "closed", roundTripMs: undefined });
    clearTimeout(timer);
    timer = setTimeout(open, retryEveryMs);
  });
}

function subscribe(listener: () => void): () => void {
  const remove = listeners.add(listener);
  if (!socket) open();
  return remove;
}

/** The line to the server, for the dot in the top bar. */
export const useLine = (): Line => useSyncExternalStore(subscribe, () => line);
