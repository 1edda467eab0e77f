// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { cosineRestarts } from "./cosine-restarts.ts";
import { cyclic } from "./cyclic.ts";
import { exponential } from "./exponential.ts";
import { greedy } from "./greedy.ts";
import { hypergradient } from "./hypergradient.ts";
import { inverseSqrt } from "./inverse-sqrt.ts";
import { learned } from "./learned.ts";
import { lineSearch } from "./line-search.ts";
import { linear } from "./linear.ts";
import { multistep } from "./multistep.ts";
import { oneCycle } from "./one-cycle.ts";
import { piecewise } from "./piecewise.ts";
import { plateau } from "./plateau.ts";
import { polynomial } from "./polynomial.ts";
import { replay } from "./replay.ts";
import { step } from "./step.ts";
import { wsd } from "./wsd.ts";

export const scheduleRegistry = [constant, cosine, cosineRestarts, cyclic, exponential, greedy, hypergradient, inverseSqrt, learned, lineSearch, linear, multistep, oneCycle, piecewise, plateau, polynomial, replay, step, wsd] as const;
export const scheduleParams = [constant.params, cosine.params, cosineRestarts.params, cyclic.params, exponential.params, greedy.params, hypergradient.params, inverseSqrt.params, learned.params, lineSearch.params, linear.params, multistep.params, oneCycle.params, piecewise.params, plateau.params, polynomial.params, replay.params, step.params, wsd.params] as const;
