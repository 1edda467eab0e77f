export type { Files } from "./data.ts";
export { mlpDigitsWidths } from "./digits.ts";
export { nmfHeldOut } from "./factorisations.ts";
export { rebuildProblem, type RecordedTask } from "./rebuild.ts";
export { suite, suiteFiles } from "./suite.ts";
export { sampleProblem, trainingFamilies, type TrainingFamily, type TrainingProblem } from "./training-families.ts";
