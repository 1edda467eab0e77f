import type { Register } from "../program.ts";
import { reportStudyCommand } from "./study-report.ts";
import { runStudyCommand } from "./study-run.ts";

const examples = `
Examples:
  etude study run docs/studies/flagship-plan.json --out flagship --jobs 2
  etude study report flagship

These need no server: the runs are trained here, on the array engine.`;

export const studyCommand: Register = (program, context) => {
  const study = program
    .command("study")
    .summary("compare schedules under one protocol: run, report")
    .description("Studies: problems × schedules × seeds under one frozen plan, and what may be said from them.")
    .addHelpText("after", examples);
  for (const register of [runStudyCommand, reportStudyCommand]) register(study, context);
};
