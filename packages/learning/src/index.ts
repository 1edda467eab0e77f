export type * from "./engine/problem.ts";
