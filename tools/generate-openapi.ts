/** Writes apps/api/openapi.json from the table of operations. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { openApiDocument } from "@etude/api";

const target = fileURLToPath(new URL("../apps/api/openapi.json", import.meta.url));
const packageFile = new URL("../package.json", import.meta.url);

/** Returns the generated files by path, without writing them. */
export async function openApi(): Promise<Map<string, string>> {
  const { version } = JSON.parse(readFileSync(packageFile, "utf8")) as { version: string };
  return new Map([[target, `${JSON.stringify(await openApiDocument(version), null, 2)}\n`]]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of await openApi())
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}
