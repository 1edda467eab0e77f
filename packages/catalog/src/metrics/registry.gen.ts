// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { accuracy } from "./accuracy.ts";
import { balancedAccuracy } from "./balanced-accuracy.ts";
import { macroF1 } from "./macro-f1.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { rSquared } from "./r-squared.ts";
import { rootMeanSquaredError } from "./root-mean-squared-error.ts";
import { top5Accuracy } from "./top-5-accuracy.ts";

export const metricRegistry = [accuracy, balancedAccuracy, macroF1, meanAbsoluteError, rSquared, rootMeanSquaredError, top5Accuracy] as const;
export const metricParams = [accuracy.params, balancedAccuracy.params, macroF1.params, meanAbsoluteError.params, rSquared.params, rootMeanSquaredError.params, top5Accuracy.params] as const;
