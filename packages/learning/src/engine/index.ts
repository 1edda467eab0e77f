export type * from "./problem.ts";
export { openTraining, type Training } from "./open-training.ts";
export { divergesAbove, type RunOptions } from "./run.ts";
export { costToTarget, type Curve, type Outcome, train, type TrainOptions } from "./train.ts";
export { topCurvature } from "./curvature.ts";
export type { FactorisationProblem } from "./factorisation.ts";
