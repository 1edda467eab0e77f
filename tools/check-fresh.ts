/** Fails when a committed generated file is not what its generator makes now. */
import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";

const generators: Record<string, () => Promise<() => Map<string, string> | Promise<Map<string, string>>>> = {
  registries: async () => (await import("./generate-registries.ts")).registries,
};

const stale: string[] = [];
for (const load of Object.values(generators)) {
  for (const [path, text] of await (
    await load()
  )()) {
    if (!existsSync(path) || readFileSync(path, "utf8") !== text) stale.push(relative(process.cwd(), path));
  }
}
if (stale.length > 0) {
  console.error(`Stale; run \`npm run generate\` and commit:\n${stale.map((path) => `  ${path}`).join("\n")}`);
  process.exit(1);
}
