export * from "./engine/index.ts";
export * from "./suite/index.ts";
export * from "./evidence/complete-evidence.ts";
export * from "./evidence/scale-schedule.ts";
