import { backendNames } from "@etude/contracts";
import { z } from "zod";
import { logLevels } from "../logger.ts";
import {
  choice,
  flag,
  integer,
  name,
  origin,
  origins,
  path,
  poolName,
  proxies,
  secretText,
  text,
  url,
} from "./kinds.ts";
import { optionalSetting, setting } from "./setting.ts";

const server = {
  host: setting(
    "ETUDE_HOST",
    text("an address or host name"),
    "127.0.0.1",
    "Address to listen on. Without any API key only loopback addresses are accepted.",
  ),
  port: setting("ETUDE_PORT", integer(1, 65_535), "4800", "Port to listen on."),
  publicUrl: optionalSetting(
    "ETUDE_PUBLIC_URL",
    origin,
    "Address under which browsers reach the service; Host and Origin headers are checked against it.",
    { presetInWords: "the address listened on" },
  ),
  trustProxy: setting(
    "ETUDE_TRUST_PROXY",
    proxies,
    "0",
    "Proxies in front whose X-Forwarded headers are believed: they set the client address that rate limits count by.",
  ),
  corsOrigins: optionalSetting("ETUDE_CORS_ORIGINS", origins, "Other sites whose pages may call the API with a key.", {
    presetInWords: "none",
  }),
  rateLimitPerMinute: setting(
    "ETUDE_RATE_LIMIT_PER_MINUTE",
    integer(1, 1_000_000),
    "6000",
    "Requests that one client address may make in a minute.",
  ),
  adminKey: optionalSetting(
    "ETUDE_ADMIN_KEY",
    secretText(16),
    "API key with every right, made known at the start; needed to listen beyond loopback on a new database.",
    { secret: true },
  ),
  logLevel: setting("ETUDE_LOG_LEVEL", choice(logLevels), "info", "What is logged: this level and all above."),
};

const storage = {
  dataDir: setting(
    "ETUDE_DATA_DIR",
    path("a folder"),
    ".etude",
    "Folder for what is kept on this machine: embedded Postgres and Redis, blobs, checkpoints in progress, logs.",
  ),
  databaseUrl: optionalSetting(
    "DATABASE_URL",
    url("postgres:", "postgresql:"),
    "PostgreSQL 17 database. `npm start` runs its own when this is unset.",
    { secret: true, presetInWords: "embedded Postgres" },
  ),
  databasePoolSize: setting(
    "ETUDE_DATABASE_POOL_SIZE",
    integer(1, 500),
    "10",
    "Most database connections that one API process opens for its queries.",
  ),
  redisUrl: optionalSetting(
    "REDIS_URL",
    url("redis:", "rediss:"),
    "Redis or Valkey for queue and rings, with maxmemory-policy noeviction and an append-only file.",
    { secret: true, presetInWords: "see ETUDE_QUEUE" },
  ),
  queue: setting(
    "ETUDE_QUEUE",
    choice(["auto", "postgres"]),
    "auto",
    "Where the queue lives when REDIS_URL is unset. auto: in a redis-server or valkey-server on PATH if there is one, else in Postgres.",
  ),
  queuePrefix: setting(
    "ETUDE_QUEUE_PREFIX",
    name,
    "etude",
    "Put before every Redis key and channel, so that installations can share a Redis.",
  ),
  blobs: optionalSetting(
    "ETUDE_BLOBS",
    url("file:", "s3:"),
    "Where uploads and checkpoints are kept: file:///path or s3://bucket/prefix?endpoint=https://…&region=….",
    { presetInWords: "`blobs` in the data folder" },
  ),
  blobsAccessKeyId: optionalSetting("ETUDE_BLOBS_ACCESS_KEY_ID", text(), "Access key of the bucket.", { secret: true }),
  blobsSecretAccessKey: optionalSetting("ETUDE_BLOBS_SECRET_ACCESS_KEY", text(), "Secret key of the bucket.", {
    secret: true,
  }),
  uploadMaxBytes: setting(
    "ETUDE_UPLOAD_MAX_BYTES",
    integer(1024, 2_000_000_000),
    String(256 * 1024 * 1024),
    "Largest file of data that may be uploaded, in bytes.",
  ),
  datasetMaxBytes: setting(
    "ETUDE_DATASET_MAX_BYTES",
    integer(1024, 1_000_000_000_000),
    String(1024 * 1024 * 1024),
    "Most memory that an uploaded dataset may take as numbers, in bytes; a run on a larger one is refused.",
  ),
  postgresBin: optionalSetting(
    "ETUDE_POSTGRES_BIN",
    path("a folder"),
    "Folder with `postgres` and `initdb` for the embedded Postgres.",
    { presetInWords: "the npm-shipped binaries, else an installed server" },
  ),
  redisBin: optionalSetting(
    "ETUDE_REDIS_BIN",
    path("a program"),
    "Path of the server program for the embedded Redis.",
    {
      presetInWords: "redis-server or valkey-server on PATH",
    },
  ),
};

const training = {
  workers: optionalSetting(
    "ETUDE_WORKERS",
    integer(0, 1024),
    "Runs that this machine trains at the same time; 0 trains none here.",
    { presetInWords: "as many as processors, at most 2; in the pool gpu as many as GPUs" },
  ),
  pool: setting(
    "ETUDE_POOL",
    poolName,
    "cpu",
    "Pool of workers that this machine belongs to; runs name the pool they want.",
  ),
  backend: setting(
    "ETUDE_BACKEND",
    choice(["auto", ...backendNames]),
    "auto",
    "TensorFlow.js backend. auto: the best one that works here and has the kernels a model needs: native on a GPU, WebGPU, native, wasm, cpu.",
  ),
  leaseMs: setting(
    "ETUDE_LEASE_MS",
    integer(1000, 600_000),
    "15000",
    "Milliseconds after its worker's last sign of life when a run is given to another worker.",
  ),
  staleAfterMs: setting(
    "ETUDE_STALE_AFTER_MS",
    integer(1000, 30 * 24 * 3_600_000),
    "300000",
    "Milliseconds without a sign of life after which an external run is shown as stale.",
  ),
  flushMs: setting(
    "ETUDE_FLUSH_MS",
    integer(10, 60_000),
    "1000",
    "Milliseconds between two commits of new points while nobody watches the run.",
  ),
  flushWatchedMs: setting(
    "ETUDE_FLUSH_WATCHED_MS",
    integer(10, 60_000),
    "50",
    "Milliseconds between two commits of new points while somebody watches the run.",
  ),
  sample: setting("ETUDE_SAMPLE", flag, "1", "Whether a first start on an empty database queues the sample study."),
};

/** The settings by the section of the reference page that they stand in. */
export const settingSections = { Server: server, Storage: storage, Training: training };

/** Every setting of every process: a property's schema carries its variable, default, meaning and allowed values. */
export const SettingsSchema = z.object({ ...server, ...storage, ...training });

/** The settings of this process, frozen. `blobs` is filled in from the data folder when unset. */
export type Settings = Readonly<z.output<typeof SettingsSchema> & { blobs: string }>;
