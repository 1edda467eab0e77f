// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { momentum } from "./momentum.ts";
import { nesterov } from "./nesterov.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

export const optimizerRegistry = [adagrad, adam, adamw, momentum, nesterov, rmsprop, sgd] as const;
export const optimizerParams = [adagrad.params, adam.params, adamw.params, momentum.params, nesterov.params, rmsprop.params, sgd.params] as const;
