#!/usr/bin/env node
import { join } from "node:path";
import envPaths from "env-paths";
import { run } from "./program.ts";

// A reader that closes the pipe early (head, less) has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 5));

const interrupt = new AbortController();
process.once("SIGINT", () => interrupt.abort());
process.once("SIGTERM", () => interrupt.abort());

process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: process.env,
  // npm runs scripts in the package's folder and says here where the user is.
  cwd: process.env["INIT_CWD"] ?? process.cwd(),
  configFile: join(envPaths("etude", { suffix: "" }).config, "config.json"),
  interrupt: interrupt.signal,
});
// Sockets that linger must not keep the shell waiting; what was written is flushed first.
process.stdout.write("", () => process.exit());
