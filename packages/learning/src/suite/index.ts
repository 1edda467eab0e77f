export type { Files } from "./data.ts";
export { mlpDigitsWidths } from "./digits.ts";
export { nmfHeldOut } from "./factorisations.ts";
export { suite, suiteFiles } from "./suite.ts";
export { sampleProblem, trainingFamilies, type TrainingFamily, type TrainingProblem } from "./training-families.ts";
