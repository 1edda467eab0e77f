// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { cnn } from "./cnn.ts";
import { mlp } from "./mlp.ts";
import { nmf } from "./nmf.ts";

export const modelRegistry = [cnn, mlp, nmf] as const;
export const modelParams = [cnn.params, mlp.params, nmf.params] as const;
