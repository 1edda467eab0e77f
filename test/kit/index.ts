export { withDatabase, type TestDatabase } from "./with-database.ts";
export { withRedis } from "./with-redis.ts";
export { temporaryFolder } from "./temporary-folder.ts";
export { findOrInstall, mayInstall } from "./system-packages.ts";
