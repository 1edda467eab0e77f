// `npm start`: installs what is missing, generates what is generated, starts the product.
import { spawn } from "node:child_process";
import { checkNode, ensureDependencies, root, sourceFlags } from "./lib/ensure.mjs";

checkNode();
await ensureDependencies();
const { generateNeeded } = await import("./generate.mjs");
try {
  await generateNeeded();
} catch (error) {
  console.error(`Etude could not be prepared: ${error.message}`);
  process.exit(1);
}

const stack = spawn(process.execPath, [...sourceFlags, "apps/stack/src/main.ts", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
// Ctrl-C reaches the whole group: the stack shuts down by itself and this process waits for it.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
  process.on(signal, () => signal === "SIGINT" || stack.kill(signal));
stack.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGKILL" ? 137 : 1)));
