export type { Demonstration } from "./imitate.ts";
export { storedProblems, type StoredProblems } from "./stored-problems.ts";
export { type PolicyPast, type PolicyTrainingOptions, trainPolicy } from "./train-policy.ts";
