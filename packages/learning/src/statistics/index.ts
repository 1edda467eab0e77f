export * from "./bootstrap.ts";
export * from "./friedman.ts";
export * from "./holm.ts";
export * from "./log-ratio.ts";
export * from "./performance-profile.ts";
export * from "./ranks.ts";
export * from "./wilcoxon.ts";
export * from "./wilson.ts";
