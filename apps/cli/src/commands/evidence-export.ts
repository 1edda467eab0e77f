import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { EvidenceExport } from "@etude/contracts";
import { Option } from "commander";
import { addFilterOptions, filterOf, type FilterOptions } from "../evidence/filter-options.ts";
import { formatCount } from "../format/numbers.ts";
import type { Register } from "../program.ts";

const examples = `
Examples:
  etude evidence export -o evidence.csv
  etude evidence export --what curves --format parquet --dataset digits -o curves.parquet
  etude evidence export --format ndjson -o evidence.ndjson     # to be imported elsewhere

summaries: a row for each training. curves: a row for each step of each recorded run, with the rate applied there.`;

interface Options extends FilterOptions {
  readonly what: EvidenceExport["what"];
  readonly format: EvidenceExport["format"];
  readonly output: string;
}

export const exportEvidenceCommand: Register = (program, context) => {
  addFilterOptions(
    program
      .command("export")
      .summary("write evidence into a file: CSV, Parquet, NDJSON")
      .description(
        "Write evidence as a data set: summaries of trainings, or dense curves with the rate of every step.",
      ),
  )
    .addOption(new Option("--what <name>", "what a row is").choices(["summaries", "curves"]).default("summaries"))
    .addOption(new Option("--format <name>", "of the file").choices(["csv", "parquet", "ndjson"]).default("csv"))
    .requiredOption("-o, --output <file>", "where to write it")
    .addHelpText("after", examples)
    .action(async (options: Options, command) => {
      const { io, json, print, printJson, connect } = context(command);
      const { client } = await connect();
      const { what, format } = options;
      const bytes = await client.downloadEvidence({
        body: { filter: filterOf(options), what, format },
        signal: io.interrupt,
      });
      const file = resolve(io.cwd, options.output);
      await writeFile(file, bytes);
      if (json) printJson({ file, bytes: bytes.length });
      else print(`${file}: ${formatCount(bytes.length)} bytes`);
    });
};
