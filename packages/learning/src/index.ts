export type * from "./engine/problem.ts";
export * from "./evidence/complete-evidence.ts";
export * from "./evidence/scale-schedule.ts";
