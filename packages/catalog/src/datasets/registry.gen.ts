// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { breastCancer } from "./breast-cancer.ts";
import { diabetes } from "./diabetes.ts";
import { digits } from "./digits.ts";
import { digitsMatrix } from "./digits-matrix.ts";
import { iris } from "./iris.ts";
import { lowRank } from "./low-rank.ts";

export const datasetRegistry = [breastCancer, diabetes, digits, digitsMatrix, iris, lowRank] as const;
export const datasetParams = [breastCancer.params, diabetes.params, digits.params, digitsMatrix.params, iris.params, lowRank.params] as const;
