export type { Demonstration } from "./imitate.ts";
export { type PolicyPast, type PolicyTrainingOptions, trainPolicy } from "./train-policy.ts";
