// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { adam } from "./adam.ts";
import { momentum } from "./momentum.ts";
import { sgd } from "./sgd.ts";

export const optimizerRegistry = [adam, momentum, sgd] as const;
export const optimizerParams = [adam.params, momentum.params, sgd.params] as const;
