import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { checkPlan, freezePlan, runStudy, studyProblems, type StudyProgress } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import { InvalidArgumentError } from "commander";
import { z } from "zod";
import { Exit, exitCodes, UsageError } from "../exit-codes.ts";
import type { Io } from "../io.ts";
import type { Register } from "../program.ts";
import { readDocument } from "../read-input.ts";
import { openStudy } from "../study/study-folder.ts";
import { writeReport } from "../study/write-report.ts";
import { startWorkers } from "../study/worker-pool.ts";

const examples = `
Examples:
  etude study run plan.json --out my-study
  etude study run plan.json --out my-study --jobs 2 --minutes 30

The plan is frozen in DIR before the first run. Every finished run stands in DIR/journal.jsonl; stopped or killed, the
same command goes on where it was.`;

export const runStudyCommand: Register = (program, context) => {
  program
    .command("run")
    .summary("run a plan, or go on with it")
    .description("Run the study of a plan on this machine, or go on with one that was stopped.")
    .argument("<plan>", "StudyPlan as JSON or YAML; - for stdin")
    .requiredOption("--out <folder>", "where plan, journal and report are kept")
    .option("--jobs <n>", "processes", wholeNumber, availableParallelism())
    .option("--only <entrants...>", "run these entrants for now, and leave the others to a later start")
    .option("--minutes <n>", "stop after so long and report what there is", wholeNumber)
    .addHelpText("after", examples)
    .action(async (file: string, options: Options, command) => {
      const { io, json, print, printJson } = context(command);
      const frozen = frozenPlan(await readDocument(file, io));
      const problems = studyProblems(await readSuiteFiles());
      const defects = checkPlan(frozen.plan, problems);
      if (defects.length > 0) throw new UsageError(`The plan does not fit: ${defects.join("; ")}.`, "Put it right.");
      const folder = resolve(io.cwd, options.out);
      const study = openStudy(folder, frozen);
      const tell = progressLine(io, json);
      const end = options.minutes === undefined ? Infinity : performance.now() + options.minutes * 60_000;
      const workers = startWorkers(frozen.plan, options.jobs);
      const complete = await runStudy({
        plan: frozen.plan,
        suite: problems,
        outcomes: study.outcomes,
        execute: workers.execute,
        parallel: options.jobs,
        only: options.only && new Set(options.only),
        record: study.append,
        report: tell,
        shouldStop: () => io.interrupt.aborted || performance.now() > end,
      }).finally(workers.close);
      if (!json && io.stderr.isTTY) io.stderr.write("\n");
      const written = writeReport(join(folder, "report"), study, problems);
      if (json) printJson({ folder, hash: frozen.hash, complete, runs: study.outcomes.size, files: written });
      else print(`${complete ? "Complete" : "Stopped"}: ${study.outcomes.size} runs, ${folder}\n${written.join("\n")}`);
      if (io.interrupt.aborted) throw new Exit(exitCodes.interrupted);
    });
};

interface Options {
  readonly out: string;
  readonly jobs: number;
  readonly only?: readonly string[];
  readonly minutes?: number;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

/** Fills and hashes the plan. Throws a UsageError that names what is missing. */
function frozenPlan(document: unknown): ReturnType<typeof freezePlan> {
  try {
    return freezePlan(document);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issues = error.issues.map(({ path, message }) => `${path.join(".") || "plan"}: ${message}`);
    throw new UsageError(`The plan is refused: ${issues.join("; ")}.`, "Put it right and start again.");
  }
}

/** How often a log that is no terminal gets a line. */
const lineEveryMs = 15_000;

function progressLine(io: Io, json: boolean): (progress: StudyProgress) => void {
  const terminal = io.stderr.isTTY === true;
  let last = -Infinity;
  return (progress) => {
    const now = performance.now();
    if (json || now - last < (terminal ? 250 : lineEveryMs)) return;
    last = now;
    const { stage, done, expected, secondsLeft } = progress;
    const left = secondsLeft === null ? "timing" : `${Math.ceil(secondsLeft / 60)} min left`;
    const text = `${stage}: ${done} of ${expected} runs, ${left}`;
    io.stderr.write(terminal ? `\r${text.padEnd(60)}` : `${text}\n`);
  };
}
