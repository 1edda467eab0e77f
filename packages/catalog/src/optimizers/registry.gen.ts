// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { dog } from "./dog.ts";
import { momentum } from "./momentum.ts";
import { nesterov } from "./nesterov.ts";
import { prodigy } from "./prodigy.ts";
import { rmsprop } from "./rmsprop.ts";
import { scheduleFreeAdamw } from "./schedule-free-adamw.ts";
import { scheduleFreeSgd } from "./schedule-free-sgd.ts";
import { sgd } from "./sgd.ts";

export const optimizerRegistry = [adagrad, adam, adamw, dog, momentum, nesterov, prodigy, rmsprop, scheduleFreeAdamw, scheduleFreeSgd, sgd] as const;
export const optimizerParams = [adagrad.params, adam.params, adamw.params, dog.params, momentum.params, nesterov.params, prodigy.params, rmsprop.params, scheduleFreeAdamw.params, scheduleFreeSgd.params, sgd.params] as const;
