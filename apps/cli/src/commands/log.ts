import { isEnded, type LogLine } from "@etude/contracts";
import { live } from "@etude/sdk/node";
import { Exit, exitCodes } from "../exit-codes.ts";
import type { Style } from "../format/style.ts";
import type { Register } from "../program.ts";
import { findRun, runArgument } from "../run-reference.ts";
import { number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude log latest
  etude log 1a2b3c4d --follow`;

interface Options {
  readonly follow?: boolean;
  readonly after: number;
}

export const logCommand: Register = (program, context) => {
  program
    .command("log")
    .summary("log lines of a run")
    .description("Print the log lines of a run, oldest first. With --json: one line of JSON a log line.")
    .argument("<run>", runArgument)
    .option("-f, --follow", "go on until the run ends")
    .option("--after <id>", "only lines after this one", number, 0)
    .addHelpText("after", examples)
    .action(async (reference: string, { follow, after }: Options, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client, url, key } = await connect();
      const signal = io.interrupt;
      const { id: runId, status } = await findRun(client, reference, signal);
      let last = after;
      const say = (lines: readonly LogLine[]): void => {
        for (const line of lines) {
          if (line.id <= last) continue;
          last = line.id;
          if (json) printJson(line);
          else print(formatLine(line, style));
        }
      };
      const read = async (): Promise<void> => {
        for (let page: LogLine[] = []; ;) {
          page = (await client.getLog({ runId, after: last, signal })).lines;
          if (page.length === 0) return;
          say(page);
        }
      };
      await read();
      if (last === after && !json) io.stderr.write(style.dim("No log lines yet.\n"));
      if (follow !== true || isEnded(status)) return;
      for await (const event of live({ url, key, runId, signal })) {
        // Lines that were written while the line was down are in the log.
        if (event.type === "subscribed") await read();
        if (event.type === "log-appended") say(event.lines);
        if ((event.type === "subscribed" || event.type === "run-changed") && isEnded(event.run.status)) return read();
      }
      if (signal.aborted) throw new Exit(exitCodes.interrupted);
    });
};

function formatLine({ at, level, message }: LogLine, style: Style): string {
  const paint = { debug: style.dim, info: (text: string) => text, warn: style.yellow, error: style.red }[level];
  return `${style.dim(at.slice(11, 23))} ${paint(level.padEnd(5))} ${message}`;
}
