// `npm run bench [-- name …]`: runs the benchmarks in bench/, all of them or those named, one after another.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureDependencies, root, sourceFlags } from "./lib/ensure.mjs";
import { node } from "./lib/run.mjs";

await ensureDependencies();
const { generateNeeded } = await import("./generate.mjs");
await generateNeeded();
// A benchmark says in its first comment how it is run; files without that are parts of others.
const all = readdirSync(join(root, "bench")).filter(
  (file) => file.endsWith(".ts") && readFileSync(join(root, "bench", file), "utf8").includes(`bench/${file}`),
);
const named = process.argv.slice(2);
const unknown = named.filter((name) => !all.includes(`${name}.ts`));
if (unknown.length > 0) {
  console.error(`No benchmark ${unknown.join(", ")}. There are: ${all.map((file) => file.slice(0, -3)).join(", ")}.`);
  process.exit(2);
}
for (const file of named.length > 0 ? named.map((name) => `${name}.ts`) : all) {
  console.log(`# ${file}`);
  await node([...sourceFlags, `bench/${file}`], { show: true });
}
