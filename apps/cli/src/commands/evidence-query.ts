import type { EvidenceCell } from "@etude/contracts";
import { addFilterOptions, filterOf, type FilterOptions } from "../evidence/filter-options.ts";
import { formatCount, formatNumber } from "../format/numbers.ts";
import { type Column, cut, formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude evidence query --dataset digits
  etude evidence query --like softmax-digits --nearest 3 --role evaluation
  etude evidence query --rows --json | jq '.rows[].outcome.finalTrainLoss'`;

interface Options extends FilterOptions {
  readonly rows?: boolean;
  readonly limit: number;
  readonly cursor?: string;
}

export const queryEvidenceCommand: Register = (program, context) => {
  addFilterOptions(
    program
      .command("query")
      .summary("filter evidence; numbers over the seeds of each task and schedule")
      .description("Show what trainings under each schedule and rate reached on each task, over their seeds."),
  )
    .option("--rows", "single trainings instead; with --json")
    .option("-n, --limit <n>", "entries on a page, at most 500", number, 50)
    .option("--cursor <cursor>", "`next` of the page before")
    .addHelpText("after", examples)
    .action(async (options: Options, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const { limit, cursor } = options;
      const by = options.rows === true ? "row" : "cell";
      const body = { filter: filterOf(options), by, limit, cursor } as const;
      const page = await client.queryEvidence({ body, signal: io.interrupt });
      if (json) return printJson(page);
      if (by === "row") print(page.rows.map(({ id }) => id).join("\n"));
      else print(formatTable(columns, page.cells.map(rowOf), style));
      const shown = page.rows.length + page.cells.length;
      const more = page.next === null ? "" : `; more: --cursor ${page.next}`;
      if (shown < page.total) print(style.dim(`\n${shown} of ${formatCount(page.total)}${more}`));
    });
};

const columns: readonly Column[] = [
  { title: "task" },
  { title: "schedule" },
  { title: "rate", align: "right" },
  { title: "seeds", align: "right" },
  { title: "loss", align: "right" },
  { title: "low", align: "right" },
  { title: "high", align: "right" },
  { title: "spread", align: "right" },
  { title: "diverged", align: "right" },
];

const rowOf = ({ task, label, scheduleKind, baseRate, all }: EvidenceCell): string[] => [
  cut(task.id, 40),
  label ?? scheduleKind,
  formatNumber(baseRate),
  String(all.count),
  formatNumber(all.median),
  formatNumber(all.low),
  formatNumber(all.high),
  formatNumber(all.spread),
  String(all.diverged),
];
