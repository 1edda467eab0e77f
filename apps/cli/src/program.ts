import { Command, CommanderError, Option } from "commander";
import { createContext, defaultUrl, type Context } from "./context.ts";
import { cancelCommand } from "./commands/cancel.ts";
import { cloneCommand } from "./commands/clone.ts";
import { forkCommand } from "./commands/fork.ts";
import { deleteCommand } from "./commands/delete.ts";
import { evidenceCommand } from "./commands/evidence.ts";
import { keysCommand } from "./commands/keys.ts";
import { lawCommand } from "./commands/law.ts";
import { listCommand } from "./commands/list.ts";
import { logCommand } from "./commands/log.ts";
import { loginCommand } from "./commands/login.ts";
import { pauseCommand } from "./commands/pause.ts";
import { policyCommand } from "./commands/policy.ts";
import { queryCommand } from "./commands/query.ts";
import { similarCommand } from "./commands/query-similar.ts";
import { recommendCommand } from "./commands/recommend.ts";
import { resumeCommand } from "./commands/resume.ts";
import { retryCommand } from "./commands/retry.ts";
import { scheduleCommand } from "./commands/schedule.ts";
import { showCommand } from "./commands/show.ts";
import { studyCommand } from "./commands/study.ts";
import { submitCommand } from "./commands/submit.ts";
import { sweepCommand } from "./commands/sweep.ts";
import { upCommand } from "./commands/up.ts";
import { uploadCommand } from "./commands/upload.ts";
import { uploadsCommand } from "./commands/uploads.ts";
import { watchCommand } from "./commands/watch.ts";
import { Exit, exitCodes, exitCodesHelp } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { reportError } from "./report-error.ts";
import { version } from "./version.ts";

/** Adds a command; `context(command)` gives it what it works with once its options are known. */
export type Register = (program: Command, context: (command: Command) => Context) => void;

const commands: readonly Register[] = [
  upCommand,
  submitCommand,
  watchCommand,
  listCommand,
  queryCommand,
  similarCommand,
  showCommand,
  logCommand,
  cancelCommand,
  pauseCommand,
  resumeCommand,
  retryCommand,
  cloneCommand,
  forkCommand,
  deleteCommand,
  scheduleCommand,
  recommendCommand,
  evidenceCommand,
  lawCommand,
  policyCommand,
  studyCommand,
  sweepCommand,
  uploadCommand,
  uploadsCommand,
  keysCommand,
  loginCommand,
];

/** The command line as a tree of commands. */
export function createProgram(io: Io): Command {
  const program = new Command("etude")
    .description("Train under any learning-rate schedule, keep every curve, learn the next schedule from the past.")
    .version(version, "-v, --version")
    .addOption(new Option("--json", "print JSON only"))
    .addOption(new Option("--url <address>", `server (ETUDE_URL; default ${defaultUrl})`))
    .addOption(new Option("--key <key>", "API key (ETUDE_KEY)"))
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      outputError: (text, write) => write(`${text.replace(/^error: /, "error  ").trimEnd()}\n`),
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      "after",
      `${exitCodesHelp}\n\nStart with \`etude up\`, then \`etude submit --schedule greedy --rate 0.1 --watch\`.`,
    );
  for (const register of commands) register(program, (command) => createContext(io, command));
  return program;
}

/** Runs a command line (without node and script). Returns the exit code; never throws. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  try {
    const program = createProgram(io);
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: "user" });
    return exitCodes.ok;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (error instanceof CommanderError) return reportCommander(error, io);
    if (io.interrupt.aborted) return exitCodes.interrupted;
    return reportError(error, io);
  }
}

function reportCommander(error: CommanderError, io: Io): number {
  const shown = ["commander.help", "commander.helpDisplayed", "commander.version"];
  if (shown.includes(error.code)) return error.code === "commander.help" ? exitCodes.usage : exitCodes.ok;
  io.stderr.write("       Add --help to see what is allowed.\n");
  return exitCodes.usage;
}
