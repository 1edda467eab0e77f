import type { OptimizerSpec } from "@etude/catalog";
import { adagrad } from "./adagrad.ts";
import { adam } from "./adam.ts";
import { adamw } from "./adamw.ts";
import { dog } from "./dog.ts";
import { momentum } from "./momentum.ts";
import { nesterov } from "./nesterov.ts";
import type { ArrayOptimizer, Arrays } from "./optimizer.ts";
import { prodigy } from "./prodigy.ts";
import { rmsprop } from "./rmsprop.ts";
import { scheduleFreeAdamw } from "./schedule-free-adamw.ts";
import { scheduleFreeSgd } from "./schedule-free-sgd.ts";
import { sgd } from "./sgd.ts";

const byKind: { readonly [Kind in OptimizerSpec["kind"]]: (spec: never, arrays: Arrays) => ArrayOptimizer } = {
  sgd,
  momentum,
  nesterov,
  adam,
  adamw,
  rmsprop,
  adagrad,
  "schedule-free-sgd": scheduleFreeSgd,
  "schedule-free-adamw": scheduleFreeAdamw,
  prodigy,
  dog,
};

/** Returns the optimizer of a spec, bound to the arrays of a run. */
export const createOptimizer = (spec: OptimizerSpec, arrays: Arrays): ArrayOptimizer =>
  byKind[spec.kind](spec as never, arrays);
