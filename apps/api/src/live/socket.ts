/** The WebSocket at /v1/live. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import websocket from "@fastify/websocket";
import type { Database } from "@etude/db";
import type { Bus, Logger, Metrics } from "@etude/service";
import type { FastifyInstance } from "fastify";
import type { WebSocket } from "ws";
import { startComparing } from "./compare.ts";
import { createHub } from "./hub.ts";
import { outletOf } from "./outlet.ts";
import { Session } from "./session.ts";

/** Clients say little. */
const maxClientBytes = 64 * 1024;
const heartbeatEveryMs = 15_000;
/** Comparing with the log makes a lost ring cost this much, and never a point. */
const compareEveryMs = 2000;
const goodbyeMs = 1000;

/** Codes of RFC 6455, section 7.4. */
const goingAway = 1001;
const policyViolation = 1008;

interface LiveOptions {
  readonly db: Database;
  readonly bus: Bus;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

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
  /** Adds the route; upgrades are authorised by the same hooks as requests. */
  route(app: FastifyInstance): void;
}

/** Returns the live sockets of this process. */
export function createLive({ db, bus, logger, metrics }: LiveOptions): Live {
  const hub = createHub(bus, logger);
  const sessions = new Map<WebSocket, Session>();
  const comparison = startComparing({ db, logger, sessions: () => sessions.values(), everyMs: compareEveryMs });
  const stopListening = hub.onGap(() => comparison.now());

  const connected = (socket: WebSocket): void => {
    const session = new Session(outletOf(socket, metrics), { db, hub, logger });
    const ping = reapWhenSilent(socket);
    const beat = setInterval(() => {
      ping();
      session.beat();
    }, heartbeatEveryMs);
    sessions.set(socket, session);
    metrics.viewers.set(sessions.size);
    socket.on("message", (data, isBinary) => {
      const text = Buffer.isBuffer(data) && !isBinary ? data.toString() : undefined;
      if (!session.receive(text)) socket.close(policyViolation, "too many frames at once");
    });
    socket.on("close", () => {
      clearInterval(beat);
      sessions.delete(socket);
      metrics.viewers.set(sessions.size);
      session.close();
    });
  };

  const sayGoodbye = async (): Promise<void> => {
    const closed = [...sessions.keys()].map((socket) => once(socket, "close"));
    for (const socket of sessions.keys()) socket.close(goingAway, "the server stops; reconnect");
    await Promise.race([Promise.all(closed), sleep(goodbyeMs, undefined, { ref: false })]);
    for (const socket of sessions.keys()) socket.terminate();
    stopListening();
    await comparison.stop();
    hub.close();
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
    },
  };
}
