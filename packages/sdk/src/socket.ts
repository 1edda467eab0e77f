import { pause } from "./backoff.ts";
import { EtudeError } from "./error.ts";

/** What this package uses of a WebSocket; the browser's and that of the package `ws` both fit. */
export interface Socket {
  binaryType: string;
  send(text: string): void;
  close(): void;
  addEventListener(type: "open" | "close" | "error" | "message", listener: (event: SocketEvent) => void): void;
}

interface SocketEvent {
  readonly data?: unknown;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
}

/** Opens a socket to a ws(s) address, with the key in the upgrade request when there is one. */
export type OpenSocket = (url: string, key: string | undefined) => Socket | Promise<Socket>;

/** Opens the platform's own WebSocket, which carries the session cookie and cannot carry a key. */
export const openGlobalSocket: OpenSocket = (url, key) => {
  const refuse = (detail: string, remedy: string): never => {
    throw new EtudeError({ code: "no_socket", status: 0, title: "No socket can be opened", detail, remedy });
  };
  if (typeof WebSocket === "undefined") {
    return refuse("This JavaScript runtime has no WebSocket.", "In Node import from @etude/sdk/node.");
  }
  if (key !== undefined) {
    return refuse(
      "A browser's socket cannot carry a key.",
      "Log in with createSession, whose cookie it carries; in Node import from @etude/sdk/node.",
    );
  }
  return new WebSocket(url) as unknown as Socket;
};

/** How long a line may be silent, in milliseconds: then we ask; then we give it up. */
export interface Heartbeat {
  readonly askAfterMs: number;
  readonly giveUpAfterMs: number;
}

export const defaultHeartbeat: Heartbeat = { askAfterMs: 20_000, giveUpAfterMs: 35_000 };

/** More unread messages than this and the line is dropped: a slow reader continues from its cursor, in summaries. */
const maxUnread = 4096;

/** Why a connection is over; `opened` is false when the server never took it. */
export interface Ended {
  readonly reason: string;
  readonly opened: boolean;
}

/**
 * The messages of a socket in order, from `onOpen` on, until it closes, falls silent, is read too slowly or the signal
 * aborts; returns which. Closes the socket when the reader stops.
 */
export async function* messagesOf(
  socket: Socket,
  { askAfterMs, giveUpAfterMs }: Heartbeat,
  signal: AbortSignal,
  onOpen: () => void,
): AsyncGenerator<string | ArrayBuffer, Ended> {
  const unread: (string | ArrayBuffer)[] = [];
  const over = new AbortController();
  let opened = false;
  let reason = "";
  let heardAt = performance.now();
  let wake = (): void => undefined;
  const end = (why: string): void => {
    reason ||= why;
    over.abort();
    socket.close();
    wake();
  };
  const stop = (): void => end("stopped");
  const supervise = async (): Promise<void> => {
    for (let askedAt = -1; !over.signal.aborted;) {
      const silentMs = performance.now() - heardAt;
      if (silentMs >= giveUpAfterMs) return end(`nothing heard for ${giveUpAfterMs / 1000} s`);
      if (silentMs >= askAfterMs && opened && askedAt < heardAt) {
        askedAt = performance.now();
        socket.send(JSON.stringify({ type: "ping" }));
      }
      await pause((silentMs < askAfterMs ? askAfterMs : giveUpAfterMs) - silentMs, over.signal);
    }
  };
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => {
    opened = true;
    heardAt = performance.now();
    onOpen();
  });
  socket.addEventListener("message", ({ data }) => {
    heardAt = performance.now();
    if (over.signal.aborted) return;
    if (unread.length >= maxUnread) end("read too slowly");
    else unread.push(data as string | ArrayBuffer);
    wake();
  });
  socket.addEventListener("error", ({ message }) => end(message || "the connection failed"));
  socket.addEventListener("close", ({ code, reason: why }) => end(why || `closed with code ${code ?? 1006}`));
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
  void supervise();
  try {
    for (;;) {
      const next = signal.aborted ? undefined : unread.shift();
      if (next !== undefined) yield next;
      else if (over.signal.aborted) return { reason, opened };
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  } finally {
    over.abort();
    signal.removeEventListener("abort", stop);
    socket.close();
  }
}
