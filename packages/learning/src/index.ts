export * from "./engine/index.ts";
export * from "./suite/index.ts";
export * from "./evidence/index.ts";
export type { Ranker, RankingRequest } from "./rankers/_ranker.ts";
export * from "./rankers/index.ts";
export * from "./rankers/shoot-out.ts";
export * from "./recommend/defaults.ts";
export * from "./recommend/recommend.ts";
export * from "./study/index.ts";
