// `npm test`: installs what is missing and runs every test. `--long` runs what takes minutes. Other arguments go to vitest.
// ETUDE_TEST_INSTALL=1 (as in .ci/run) also installs Redis and Chromium from the system's packages, and a skip of these is a failure.
import { spawnSync } from "node:child_process";
import { checkNode, ensureDependencies, root, sourceFlags } from "./lib/ensure.mjs";

checkNode();
await ensureDependencies();
const { generateNeeded } = await import("./generate.mjs");
await generateNeeded();

const args = process.argv.slice(2);
const long = args.includes("--long");
const projects = long ? ["--project=long"] : ["--project=unit", "--project=integration"];
if (process.env.ETUDE_TEST_INSTALL === "1") {
  const result = spawnSync(process.execPath, [...sourceFlags, "test/kit/system-packages.ts"], {
    cwd: root,
    stdio: "inherit",
  });
  if (result.status !== 0) process.exit(1);
}
const result = spawnSync(
  process.execPath,
  ["node_modules/vitest/vitest.mjs", "run", ...projects, ...args.filter((arg) => arg !== "--long")],
  { cwd: root, stdio: "inherit", env: { ...process.env, NODE_ENV: "test" } },
);
process.exit(result.status ?? 1);
