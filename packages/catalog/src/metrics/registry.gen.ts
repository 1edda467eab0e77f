// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { accuracy } from "./accuracy.ts";
import { meanAbsoluteError } from "./mean-absolute-error.ts";

export const metricRegistry = [accuracy, meanAbsoluteError] as const;
export const metricParams = [accuracy.params, meanAbsoluteError.params] as const;
