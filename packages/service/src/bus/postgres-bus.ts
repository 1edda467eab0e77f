import { Client, Pool } from "pg";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "../logger.ts";
import { reportOutage } from "../report-outage.ts";
import { maxInFlight, type Bus } from "./bus.ts";
import { Listeners } from "./listeners.ts";

// One Postgres channel for all of ours: listening to another costs no round trip.
const postgresChannel = "etude_bus";
/** NOTIFY refuses payloads of 8000 bytes and more. */
const maxPayloadBytes = 7900;
const longestWaitMs = 2000;

/** The bus on LISTEN and NOTIFY: one listening connection a process, which comes back by itself. */
export function postgresBus(pgUrl: string, logger: Logger): Bus {
  const outage = reportOutage(logger, "bus (postgres)");
  const listeners = new Listeners(logger);
  const reconnectListeners = new Set<() => void>();
  const closing = new AbortController();
  const pool = new Pool({ connectionString: pgUrl, max: 1, connectionTimeoutMillis: 5000, keepAlive: true });
  pool.on("error", outage.failed);
  pool.on("connect", (client) => client.on("error", outage.failed));
  let inFlight = 0;

  /** Listens on one connection until it breaks. */
  const listenOnce = async (onListening: () => void): Promise<void> => {
    const client = new Client({ connectionString: pgUrl, keepAlive: true, connectionTimeoutMillis: 5000 });
    const broken = new Promise<void>((resolve) => {
      client.on("error", outage.failed);
      client.on("end", resolve);
    });
    client.on("notification", ({ payload = "" }) => {
      const [channel = "", ...header] = payload.split("\n");
      listeners.emit(channel, { header: header.join("\n") });
    });
    const end = (): void => void client.end().catch(() => {});
    closing.signal.addEventListener("abort", end);
    try {
      await client.connect();
      await client.query(`listen ${postgresChannel}`);
      outage.worked();
      onListening();
      await broken;
    } finally {
      closing.signal.removeEventListener("abort", end);
      end();
    }
  };

  let firstTried = (): void => {};
  const tried = new Promise<void>((resolve) => (firstTried = resolve));
  const listen = async (): Promise<void> => {
    let connectedBefore = false;
    for (let failures = 0; !closing.signal.aborted; failures += 1) {
      try {
        await listenOnce(() => {
          failures = 0;
          if (connectedBefore) listeners.notify(reconnectListeners);
          connectedBefore = true;
          firstTried();
        });
      } catch (error) {
        outage.failed(error as Error);
      }
      firstTried();
      await sleep(Math.min(100 * 2 ** failures, longestWaitMs), undefined, { signal: closing.signal }).catch(() => {});
    }
  };
  const listening = listen();

  return {
    kind: "postgres",
    publish(channel, { header }) {
      const payload = `${channel}\n${header}`;
      if (inFlight >= maxInFlight || Buffer.byteLength(payload) > maxPayloadBytes) return;
      inFlight += 1;
      pool
        .query("select pg_notify($1, $2)", [postgresChannel, payload])
        .catch(outage.failed)
        .finally(() => (inFlight -= 1));
    },
    async subscribe(channel, listener) {
      const remove = listeners.add(channel, listener);
      await tried;
      return () => void remove();
    },
    onReconnect(listener) {
      reconnectListeners.add(listener);
      return () => void reconnectListeners.delete(listener);
    },
    async close() {
      closing.abort();
      await listening;
      if (!pool.ending) await pool.end();
    },
  };
}
