// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { crossEntropy } from "./cross-entropy.ts";
import { hinge } from "./hinge.ts";
import { huber } from "./huber.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";
import { meanSquaredError } from "./mean-squared-error.ts";

export const lossRegistry = [crossEntropy, hinge, huber, meanAbsoluteError, meanSquaredError] as const;
export const lossParams = [crossEntropy.params, hinge.params, huber.params, meanAbsoluteError.params, meanSquaredError.params] as const;
