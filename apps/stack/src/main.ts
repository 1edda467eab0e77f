/** Starts and watches everything on one machine: services, API, trainers. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@etude/db";
import { acquireLock, LockHeldError } from "@etude/embedded";
import { prepareQueue, readSettingsOrExit } from "@etude/service";
import { banner } from "./banner.ts";
import { Keeper } from "./keeper.ts";
import { startPart } from "./part-process.ts";
import { assertPortFree } from "./port.ts";
import { queueSampleStudy } from "./sample-study.ts";
import { choosePostgres, chooseRedis, type Service } from "./services.ts";

const settings = readSettingsOrExit();
const url =
  settings.publicUrl ?? `http://${settings.host.includes(":") ? `[${settings.host}]` : settings.host}:${settings.port}`;
const logs = join(settings.dataDir, "logs");
mkdirSync(logs, { recursive: true });

const say = (line: string): void => console.log(line);
const addressFile = join(settings.dataDir, "address");
const partsFile = join(settings.dataDir, "parts.json");

async function lockOrLeave(): Promise<() => void> {
  try {
    return await acquireLock(join(settings.dataDir, "stack.lock"));
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    let where = "its address is not known yet: it is just starting";
    try {
      where = `open ${readFileSync(addressFile, "utf8")}`;
    } catch {}
    say(`Etude is already running on this data (process ${error.holder.pid}); ${where}`);
    process.exit(0);
  }
}

const keepers: Keeper[] = [];
/** Process ids of the parts as they run now, for whoever looks into the data folder. */
const parts: Record<string, number> = {};
let stopping: Promise<never> | undefined;

/** Stops the parts in reverse order of their start, then leaves. */
function shutDown(code: number, release: () => void): Promise<never> {
  stopping ??= (async () => {
    for (const keeper of keepers.toReversed()) await keeper.stop();
    for (const file of [addressFile, partsFile]) rmSync(file, { force: true });
    release();
    process.exit(code);
  })();
  return stopping;
}

async function keep(
  name: string,
  start: ConstructorParameters<typeof Keeper>[0]["start"],
  release: () => void,
): Promise<void> {
  const keeper = new Keeper({
    name,
    start,
    say,
    onStart: (pid) => {
      parts[name] = pid;
      writeFileSync(partsFile, JSON.stringify(parts));
    },
    onGiveUp: (why) => {
      console.error(`${why}\nEtude stops. Logs are in ${logs}.`);
      void shutDown(1, release);
    },
  });
  await keeper.start();
  keepers.push(keeper);
}

async function start(release: () => void): Promise<void> {
  await assertPortFree(settings.host, settings.port);
  const [postgres, redis] = await Promise.all([choosePostgres(settings), chooseRedis(settings)]);
  const keepService = async (name: string, service: Service | undefined): Promise<void> => {
    if (service?.start) await keep(name, service.start, release);
  };
  await keepService("Postgres", postgres);
  await keepService("Redis", redis);
  await migrate(postgres.url);
  await prepareQueue(redis ? { redisUrl: redis.url } : { pgUrl: postgres.url });

  const env = {
    DATABASE_URL: postgres.url,
    ...(redis ? { REDIS_URL: redis.url } : {}),
    ETUDE_DATA_DIR: settings.dataDir,
  };
  const source = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  const extension = import.meta.url.endsWith(".ts") ? "src/main.ts" : "dist/main.js";
  const { pool, workers = pool === "gpu" ? undefined : Math.min(2, availableParallelism()) } = settings;
  const part = (name: string, folder: string) => () =>
    startPart({ name, file: source(`${folder}/${extension}`), env, logs, graceMs: 30_000 });
  await Promise.all([
    keep("api", part("api", "apps/api"), release),
    workers !== 0 ? keep("trainer", part("trainer", "workers/trainer"), release) : undefined,
  ]);
  writeFileSync(addressFile, url);
  // A machine too busy to answer must not keep the product from running.
  const sampled = settings.sample
    ? await queueSampleStudy(url, settings.adminKey).catch((error: Error) => {
        say(`The sample study was not queued: ${error.message}`);
        return 0;
      })
    : 0;
  say(banner({ url, postgres, redis, workers, sampled, dataDir: settings.dataDir }));
  // For whoever started us as a child: tests, benchmarks.
  process.send?.({ type: "listening", url });
}

const release = await lockOrLeave();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (!stopping) say("\nStopping: runs in progress write a checkpoint and go on at the next start.");
    void shutDown(0, release);
  });
}
try {
  await start(release);
} catch (error) {
  console.error(`Etude could not start: ${(error as Error).message}`);
  await shutDown(1, release);
}
