/** The WebSocket at /v1/live. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import websocket from "@fastify/websocket";
import type { FastifyInstance } from "fastify";
import type { WebSocket } from "ws";
import { createEvents } from "./events.ts";
import { outletOf } from "./outlet.ts";
import { createSessions, type LiveParts } from "./sessions.ts";

/** Clients say little. */
const maxClientBytes = 64 * 1024;
const goodbyeMs = 1000;

/** Codes of RFC 6455, section 7.4. */
const goingAway = 1001;
const policyViolation = 1008;

/** A peer that has answered neither of two pings is gone. */
function reapWhenSilent(socket: WebSocket): () => void {
  let unanswered = 0;
  socket.on("pong", () => {
    unanswered = 0;
  });
  return () => {
    if (unanswered >= 2) return socket.terminate();
    unanswered += 1;
    socket.ping();
  };
}

export interface Live {
  /**
   * Registers WebSockets as such. To be called before any hook that may refuse a request: an upgrade that is refused
   * before this plugin has seen it would leave its connection open.
   */
  register(app: FastifyInstance): Promise<void>;
  /** Adds the routes; upgrades are authorised by the same hooks as requests. */
  route(app: FastifyInstance): void;
}

/** Returns the live sockets and event streams of this process. */
export function createLive(parts: LiveParts): Live {
  const { logger, metrics } = parts;
  const sessions = createSessions(parts);
  const events = createEvents(parts, sessions);
  const sockets = new Set<WebSocket>();

  const connected = (socket: WebSocket): void => {
    const { session, close } = sessions.open(outletOf(socket, metrics), reapWhenSilent(socket));
    sockets.add(socket);
    socket.on("message", (data, isBinary) => {
      const text = Buffer.isBuffer(data) && !isBinary ? data.toString() : undefined;
      if (!session.receive(text)) socket.close(policyViolation, "too many frames at once");
    });
    socket.on("close", () => {
      sockets.delete(socket);
      close();
    });
  };

  const sayGoodbye = async (): Promise<void> => {
    events.end();
    const closed = [...sockets].map((socket) => once(socket, "close"));
    for (const socket of sockets) socket.close(goingAway, "the server stops; reconnect");
    await Promise.race([Promise.all(closed), sleep(goodbyeMs, undefined, { ref: false })]);
    for (const socket of sockets) socket.terminate();
    await sessions.stop();
  };

  return {
    async register(app) {
      await app.register(websocket, {
        options: { perMessageDeflate: false, maxPayload: maxClientBytes },
        errorHandler: (error, socket) => {
          logger.debug({ err: error }, "a live socket failed");
          socket.terminate();
        },
        preClose: (done: () => void) => void sayGoodbye().finally(done),
      });
    },
    route(app) {
      app.get("/v1/live", { websocket: true, config: { scope: "read" } }, connected);
      events.route(app);
    },
  };
}
