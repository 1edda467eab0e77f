import { scheduleCatalogue } from "@etude/catalog";
import { formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";

export const listSchedules: Register = (program, context) => {
  program
    .command("list")
    .description("List the kinds of schedule.")
    .addHelpText(
      "after",
      "\nExamples:\n  etude schedule list\n  etude schedule list --json | jq -r '.schedules[].kind'",
    )
    .action((_, command) => {
      const { json, style, print, printJson } = context(command);
      const schedules = scheduleCatalogue();
      if (json) return printJson({ schedules });
      const rows = schedules.map(({ kind, doc }) => [style.bold(kind), doc.summary]);
      print(formatTable([{ title: "KIND" }, { title: "WHAT IT DOES" }], rows, style));
    });
};
