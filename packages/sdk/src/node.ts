/** The same for Node, where `live` opens sockets with the package `ws`, which can carry a key. */
import { createLive, type Live } from "./live.ts";
import type { OpenSocket, Socket } from "./socket.ts";

export * from "./index.ts";

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

/** Follows a run or a study: see `live` of `@etude/sdk`. */
export const live: Live = createLive(openWs);
