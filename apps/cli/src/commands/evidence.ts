import type { Register } from "../program.ts";
import { exportEvidenceCommand } from "./evidence-export.ts";
import { importEvidenceCommand } from "./evidence-import.ts";
import { queryEvidenceCommand } from "./evidence-query.ts";
import { shootOutCommand } from "./evidence-shoot-out.ts";

const examples = `
Examples:
  etude evidence query --schedule cosine --optimizer adam
  etude evidence export --what curves --format parquet -o curves.parquet
  etude evidence import results.ndjson.gz
  etude evidence import loss.csv --describe task.yaml --label "cosine, 3e-4"
  etude evidence shoot-out`;

export const evidenceCommand: Register = (program, context) => {
  const evidence = program
    .command("evidence")
    .summary("what finished trainings say: query, export, import, shoot-out")
    .description("What finished trainings say about schedules: ask it, take it along, add to it, judge rankers by it.")
    .addHelpText("after", examples);
  for (const register of [queryEvidenceCommand, exportEvidenceCommand, importEvidenceCommand, shootOutCommand]) {
    register(evidence, context);
  }
};
