import { setTimeout as sleep } from "node:timers/promises";
import { type RunningServer, startPostgres, startRedis } from "@etude/embedded";
import type { Settings } from "@etude/service";
import type { Running } from "./keeper.ts";

/** A service that the product needs: an address, and, when it is ours, how to keep it running. */
export interface Service {
  readonly url: string;
  /** In words, for the start message. */
  readonly how: string;
  /** Starts it; absent when somebody else runs it. */
  readonly start?: () => Promise<Running>;
}

/** Watches a server that is not our child (it may have been adopted): it is gone when its process is. */
function watch(server: RunningServer): Running {
  const exited = (async () => {
    while (server.isRunning()) await sleep(250);
    return "its process ended";
  })();
  return { pid: server.pid, exited, stop: () => server.stop() };
}

/** A server of ours: the first start is done, later ones keep its address. */
function ours(how: string, first: RunningServer, again: () => Promise<RunningServer | null>): Service {
  let next: RunningServer | undefined = first;
  const start = async (): Promise<Running> => {
    const server = next ?? (await again());
    next = undefined;
    if (!server) throw new Error("its program is no longer on PATH");
    return watch(server);
  };
  return { url: first.url, how, start };
}

const portOf = (url: string): number => Number(new URL(url).port);

/** The database: DATABASE_URL, else a real Postgres of our own in the data folder. */
export async function choosePostgres(settings: Settings): Promise<Service> {
  if (settings.databaseUrl) return { url: settings.databaseUrl, how: "DATABASE_URL" };
  const bin = settings.postgresBin;
  const options = { dir: settings.dataDir, database: "etude", ...(bin ? { bin } : {}) };
  const first = await startPostgres(options);
  return ours(`embedded, ${first.how}`, first, () => startPostgres({ ...options, port: portOf(first.url) }));
}

/** The queue's Redis: REDIS_URL, else one from PATH, else none: then the queue lives in Postgres. */
export async function chooseRedis(settings: Settings): Promise<Service | undefined> {
  if (settings.redisUrl) return { url: settings.redisUrl, how: "REDIS_URL" };
  if (settings.queue === "postgres") return undefined;
  const binary = settings.redisBin;
  const options = { dir: settings.dataDir, ...(binary ? { binary } : {}) };
  const first = await startRedis(options);
  if (!first) return undefined;
  return ours(`embedded, ${first.how}`, first, () => startRedis({ ...options, port: portOf(first.url) }));
}
