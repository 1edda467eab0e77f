// `npm run check`: types, lint, format, freshness of generated files, licences, schema drift. What a reviewer should not have to look at.
import { ensureDependencies, sourceFlags } from "./lib/ensure.mjs";
import { node } from "./lib/run.mjs";

await ensureDependencies();
await node(["tools/generate-prisma.mjs"]);
const fix = process.argv.includes("--fix");
const checks = [
  ["types", ["node_modules/typescript/bin/tsc", "-b"]],
  ["types of tests", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.test.json"]],
  ["lint", ["node_modules/oxlint/bin/oxlint", "--type-aware", "--quiet"]],
  ["format", ["node_modules/oxfmt/bin/oxfmt", ...(fix ? [] : ["--check"])]],
  ["generated files", [...sourceFlags, "tools/check-fresh.ts"]],
  ["licences", [...sourceFlags, "tools/check-licences.ts"]],
  ["schema and migrations agree", [...sourceFlags, "tools/check-schema-drift.ts"]],
  ["unused files and exports", ["node_modules/knip/bin/knip.js"]],
];
let failed = 0;
for (const [name, args] of checks) {
  try {
    await node(args);
    console.log(`ok      ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error.message}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
