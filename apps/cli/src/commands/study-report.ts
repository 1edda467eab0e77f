import { resolve } from "node:path";
import { studyProblems } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import type { Register } from "../program.ts";
import { readStudy } from "../study/study-folder.ts";
import { writeReport } from "../study/write-report.ts";

export const reportStudyCommand: Register = (program, context) => {
  program
    .command("report")
    .summary("write the report of what has been run")
    .description("Write the report of a study from its journal: JSON, Markdown and figures, in its folder.")
    .argument("<folder>", "what was given to run as --out")
    .action(async (path: string, _, command) => {
      const { io, json, print, printJson } = context(command);
      const folder = resolve(io.cwd, path);
      const study = readStudy(folder);
      const problems = studyProblems(await readSuiteFiles());
      const files = writeReport(folder, study, problems);
      if (json) printJson({ folder, hash: study.frozen.hash, runs: study.outcomes.size, files });
      else print(files.join("\n"));
    });
};
