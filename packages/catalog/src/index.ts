export * from "./schedule.ts";
export type * from "./dataset.ts";
export type * from "./metric.ts";
export type * from "./model.ts";
export type * from "./optimizer.ts";
export * from "./random.ts";
export * from "./specs.ts";
