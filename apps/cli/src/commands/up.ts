import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Exit, UsageError } from "../exit-codes.ts";
import type { Register } from "../program.ts";

/** The folder of the checkout that this command belongs to; the same from src and from dist. */
const checkout = fileURLToPath(new URL("../../../..", import.meta.url));

export const upCommand: Register = (program, context) => {
  program
    .command("up")
    .summary("start Etude on this machine")
    .description("Start database, queue, server, workers and dashboard here, like `npm start`.")
    .allowUnknownOption()
    .argument("[options...]", "handed on to npm start")
    .addHelpText("after", "\nExamples:\n  etude up\n  ETUDE_PORT=5000 etude up")
    .action(async (rest: string[], _, command) => {
      const { io } = context(command);
      const script = `${checkout}tools/start.mjs`;
      if (!existsSync(script)) {
        throw new UsageError(
          "This etude is not in a checkout of Etude.",
          "Clone the repository and run `npm start` there.",
        );
      }
      const child = spawn(process.execPath, [script, ...rest], { cwd: checkout, stdio: "inherit", env: { ...io.env } });
      // Ctrl-C in a terminal reaches the child by itself; a TERM to this process must be handed on.
      io.interrupt.addEventListener("abort", () => child.kill("SIGTERM"));
      const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
      throw new Exit(code ?? (signal === "SIGINT" ? 130 : 1));
    });
};
