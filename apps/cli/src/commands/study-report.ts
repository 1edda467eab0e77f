import { join, resolve } from "node:path";
import { studyProblems } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import type { Register } from "../program.ts";
import { readStudy } from "../study/study-folder.ts";
import { writeEvidence, writeReport } from "../study/write-report.ts";

const examples = `
Examples:
  etude study report my-study
  etude study report my-study --as docs/studies/mine --evidence rows.ndjson.gz`;

interface Options {
  readonly as?: string;
  readonly command?: string;
  readonly note?: readonly string[];
  readonly evidence?: string;
}

export const reportStudyCommand: Register = (program, context) => {
  program
    .command("report")
    .summary("write the report of what has been run")
    .description("Write the report of a study from its journal: JSON, Markdown and figures, in its folder.")
    .argument("<folder>", "what was given to run as --out")
    .option("--as <prefix>", "write PREFIX.json, PREFIX.md, PREFIX-*.svg instead of DIR/report.*")
    .option("--command <text>", "what the report names as the command that made the runs")
    .option("--note <text...>", "what a reader must know and the plan could not, such as what was cut")
    .option("--evidence <file>", "write every run as a row of evidence too: NDJSON, gzip")
    .addHelpText("after", examples)
    .action(async (path: string, options: Options, command) => {
      const { io, json, print, printJson } = context(command);
      const folder = resolve(io.cwd, path);
      const study = readStudy(folder);
      const problems = studyProblems(await readSuiteFiles());
      const prefix = options.as === undefined ? join(folder, "report") : resolve(io.cwd, options.as);
      const files = writeReport(prefix, study, problems, options);
      if (options.evidence !== undefined) {
        const evidence = resolve(io.cwd, options.evidence);
        writeEvidence(evidence, study, problems, study.endedAt);
        files.push(evidence);
      }
      if (json) printJson({ folder, hash: study.frozen.hash, runs: study.outcomes.size, files });
      else print(files.join("\n"));
    });
};
