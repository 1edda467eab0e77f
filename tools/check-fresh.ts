/** Fails when a committed generated file is not what its generator makes now. */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { settingsFiles } from "./generate-env-example.ts";
import { openApi } from "./generate-openapi.ts";
import { reference } from "./generate-reference.ts";
import { registries } from "./generate-registries.ts";
import { scheduleDocs } from "./generate-schedule-docs.ts";

const made = [registries(), settingsFiles(), scheduleDocs(), await openApi(), reference()].flatMap((files) => [
  ...files,
]);
const stale = made.filter(([path, text]) => !existsSync(path) || readFileSync(path, "utf8") !== text);
if (stale.length > 0) {
  console.error("Stale; run `npm run generate` and commit:");
  for (const [path] of stale) console.error(`  ${relative(process.cwd(), path)}`);
  process.exit(1);
}
