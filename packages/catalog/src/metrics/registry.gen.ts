// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { accuracy } from "./accuracy.ts";

export const metricRegistry = [accuracy] as const;
export const metricParams = [accuracy.params] as const;
