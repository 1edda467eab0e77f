// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { digits } from "./digits.ts";

export const datasetRegistry = [digits] as const;
export const datasetParams = [digits.params] as const;
