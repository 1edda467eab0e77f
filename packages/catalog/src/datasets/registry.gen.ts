// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { breastCancer } from "./breast-cancer.ts";
import { diabetes } from "./diabetes.ts";
import { digits } from "./digits.ts";
import { digitsMatrix } from "./digits-matrix.ts";
import { gradientNoise } from "./gradient-noise.ts";
import { iris } from "./iris.ts";
import { lowRank } from "./low-rank.ts";
import { mnist } from "./mnist.ts";
import { mobyDick } from "./moby-dick.ts";
import { speechWords } from "./speech-words.ts";
import { speeches } from "./speeches.ts";
import { upload } from "./upload.ts";

export const datasetRegistry = [breastCancer, diabetes, digits, digitsMatrix, gradientNoise, iris, lowRank, mnist, mobyDick, speechWords, speeches, upload] as const;
export const datasetParams = [breastCancer.params, diabetes.params, digits.params, digitsMatrix.params, gradientNoise.params, iris.params, lowRank.params, mnist.params, mobyDick.params, speechWords.params, speeches.params, upload.params] as const;
