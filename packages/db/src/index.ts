export { createDatabase } from "./database.ts";
export { migrate, type MigrationReport, migrationsFolder } from "./migrate.ts";
export type * from "./types.ts";
