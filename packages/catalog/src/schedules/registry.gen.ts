// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { greedy } from "./greedy.ts";
import { step } from "./step.ts";
import { wsd } from "./wsd.ts";

export const scheduleRegistry = [constant, cosine, greedy, step, wsd] as const;
export const scheduleParams = [constant.params, cosine.params, greedy.params, step.params, wsd.params] as const;
