export { startPostgres, type PostgresOptions, type RunningServer } from "./postgres.ts";
export { startRedis, type RedisOptions } from "./redis.ts";
export { acquireLock, lockHolder, LockHeldError, type LockHolder } from "./lock.ts";
export { findPostgres, findRedis } from "./find-binaries.ts";
