export * from "./engine/index.ts";
export * from "./suite/index.ts";
export * from "./evidence/index.ts";
export type { Ranker, RankingRequest } from "./rankers/_ranker.ts";
export * from "./recommend/defaults.ts";
export * from "./recommend/rankers.ts";
export * from "./recommend/recommend.ts";
export * from "./recommend/shoot-out.ts";
export * from "./study/index.ts";
