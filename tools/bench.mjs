// `npm run bench [-- name …]`: runs the benchmarks in bench/, all of them or those named, one after another. What
// follows a single name goes to that benchmark: `npm run bench -- job-start 15`.
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
const known = (name) => all.includes(`${name}.ts`);
const given = process.argv.slice(2);
const [first] = given;
if (first !== undefined && !known(first)) {
  console.error(`No benchmark ${first}. There are: ${all.map((file) => file.slice(0, -3)).join(", ")}.`);
  process.exit(2);
}
const named = given.every(known) ? given : [first];
const parameters = given.slice(named.length);
for (const file of named.length > 0 ? named.map((name) => `${name}.ts`) : all) {
  console.log(`# ${file}`);
  await node([...sourceFlags, `bench/${file}`, ...parameters], { show: true });
}
