export * from "./cells-of.ts";
export * from "./complete-evidence.ts";
export * from "./quantiles.ts";
export * from "./scale-schedule.ts";
export * from "./task-distance.ts";
export * from "./task-of-spec.ts";
export * from "./task-table.ts";
export * from "./transfer-rate.ts";
