/** `npm run study -- <name> [--url …]`: runs a shipped study on a running Etude and writes its report to docs/studies. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createClient } from "@etude/sdk";
import type { Report } from "./lib/run-all.ts";
import type { Client } from "@etude/sdk";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { url: { type: "string", default: "http://127.0.0.1:4800" }, key: { type: "string" } },
});
const [name] = positionals;
const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url));
if (!name || !/^[\w-]+$/.test(name) || name === "main" || !existsSync(file)) {
  console.error("Which study? npm run study -- nmf-stability");
  process.exit(2);
}
const { run } = (await import(file)) as { run(client: Client): Promise<Report> };
const report = await run(createClient({ url: values.url, ...(values.key ? { key: values.key } : {}) }));
const folder = fileURLToPath(new URL("../docs/studies", import.meta.url));
mkdirSync(folder, { recursive: true });
for (const [path, text] of Object.entries(report)) {
  writeFileSync(join(folder, path), text);
  console.log(join("docs/studies", path));
}
