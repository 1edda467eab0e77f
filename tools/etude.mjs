// `npm run etude -- …`: the command line from source. stdout belongs to the command: everything else goes to stderr.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { checkNode, dependenciesPresent, root, sourceFlags } from "./lib/ensure.mjs";

checkNode();
if (!dependenciesPresent()) {
  const ensure = new URL("./lib/ensure.mjs", import.meta.url).href;
  const install = `(await import(${JSON.stringify(ensure)})).ensureDependencies()`;
  const { status } = spawnSync(process.execPath, ["--input-type=module", "-e", install], {
    cwd: root,
    stdio: ["inherit", 2, 2],
  });
  if (status !== 0) process.exit(status ?? 1);
}

const main = fileURLToPath(new URL("../apps/cli/src/main.ts", import.meta.url));
// The loader is found from the checkout; INIT_CWD says where the user is, as npm does.
const env = { ...process.env, INIT_CWD: process.env.INIT_CWD ?? process.cwd() };
const cli = spawn(process.execPath, [...sourceFlags, main, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env,
});
// Ctrl-C reaches the whole group: the command ends by itself and this process waits for it.
process.on("SIGINT", () => undefined);
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => cli.kill(signal));
cli.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGKILL" ? 137 : 1)));
