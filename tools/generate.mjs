// Makes what is generated. Without a flag: everything, the committed files too (openapi.json, reference pages, …).
// --needed: only what running needs and git does not hold (Prisma client, dashboard).
import { existsSync } from "node:fs";
import { join } from "node:path";
import { exclusively, root, sourceFlags } from "./lib/ensure.mjs";
import { node } from "./lib/run.mjs";
import { whenChanged } from "./lib/stamp.mjs";

const prismaClient = () => node(["tools/generate-prisma.mjs"]);

const dashboard = () =>
  whenChanged({
    product: "apps/web/dist",
    sources: [
      "apps/web",
      "packages/catalog/src",
      "packages/contracts/src",
      "packages/curves/src",
      "packages/sdk/src",
      "package-lock.json",
    ],
    make: () => node(["node_modules/vite/bin/vite.js", "build", "apps/web"]),
  });

export const committedGenerators = ["registries", "env-example", "schedule-docs", "openapi", "reference"].map(
  (name) => `tools/generate-${name}.ts`,
);

/** What running needs. */
export const generateNeeded = () => exclusively("generate", () => Promise.all([prismaClient(), dashboard()]));

if (process.argv[1] === join(root, "tools/generate.mjs")) {
  if (!process.argv.includes("--needed")) {
    await prismaClient();
    for (const file of committedGenerators)
      if (existsSync(join(root, file))) await node([...sourceFlags, file], { show: true });
  }
  await generateNeeded();
}
