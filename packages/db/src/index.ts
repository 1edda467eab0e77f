export * from "./migrate.ts";
export type * from "./types.ts";
