// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { cnn } from "./cnn.ts";
import { mlp } from "./mlp.ts";

export const modelRegistry = [cnn, mlp] as const;
export const modelParams = [cnn.params, mlp.params] as const;
