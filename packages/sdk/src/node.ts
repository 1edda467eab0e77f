/** The same for Node, where `live` opens sockets with the package `ws`, which can carry a key. */
import { createLive, type Live } from "./live.ts";
import { type Logger, type LoggerOptions, RunLogger } from "./logger.ts";
import type { OpenSocket, Socket } from "./socket.ts";

export * from "./index.ts";
export { fileSpool } from "./file-spool.ts";

/** Time for a dead peer to answer the closing handshake, in milliseconds. */
const closeWithinMs = 1000;

const openWs: OpenSocket = async (url, key) => {
  const { WebSocket } = await import("ws");
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  return Object.assign(socket as unknown as Socket, {
    close() {
      WebSocket.prototype.close.call(socket);
      setTimeout(() => socket.terminate(), closeWithinMs).unref();
    },
  });
};

/** As `logger` of `@etude/sdk`; what is logged just before the process ends still gets into its spool. */
export function logger(options: LoggerOptions): Logger {
  const made = new RunLogger(options);
  const atExit = (): void => made.atExit();
  process.once("exit", atExit);
  made.closed.addEventListener("abort", () => process.removeListener("exit", atExit));
  return made;
}

/** Follows a run or a study: see `live` of `@etude/sdk`. */
export const live: Live = createLive(openWs);
