export { engineTrial, type EngineTrialOptions } from "./engine-trial.ts";
export { comparable, cooledStages, type Observation } from "./observation.ts";
export { regretTermination, type Termination, type TerminationOptions } from "./regret-bound.ts";
export { runSweep, type SweepOptions, type SweepResult, type SweptTrial, type Trial } from "./run-sweep.ts";
export { checkSpace, type Dimension, gridPoints, type Point, randomPoint, type Space } from "./space.ts";
export { asha, medianRule, type Stopper } from "./stoppers.ts";
export { type Scored, suggestTpe, type TpeOptions } from "./tpe.ts";
