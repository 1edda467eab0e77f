import type { RunQueryAnswer } from "@etude/contracts";
import { formatCount, formatNumber } from "../format/numbers.ts";
import { runColumns, runRow } from "../format/run.ts";
import { type Column, cut, formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { collect, number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude query "schedule.kind = 'greedy' and summary.finalValidationLoss < 0.3"
  etude query "value('train/loss', 1000) < 0.5 and anyAbove('learning-rate', 0.1)" --select "min('train/loss')"
  etude query "decile(area('train/loss'), dataset.kind) = 1 order by last('train/loss') limit 10"
  etude query "tags.team = 'north'" --json | jq -r '.ids[]'

Fields: columns of a run (status, name, step, createdAt, …), spec.<anything>, tags.<key>, summary.<…>.
Curves: last, min, max, minStep, maxStep, mean, area, count of a series; value('series', step);
firstBelow and firstAbove('series', value) give a step; decile(number) ranks among all runs.
A mistake is answered with its column and what may stand there.`;

interface Options {
  readonly select?: string[];
  readonly limit: number;
  readonly cursor?: string;
}

export const queryCommand: Register = (program, context) => {
  program
    .command("query")
    .summary("find runs by their specs, summaries and curves")
    .description("Find runs with an SQL-like filter over specs, tags, summaries and what their curves did.")
    .argument("<query>", "filter, perhaps with order by and limit; '' is every run")
    .option("--select <value>", "a value wanted of each run, as a column; repeat for several", collect)
    .option("-n, --limit <n>", "runs on a page, at most 500", number, 20)
    .option("--cursor <cursor>", "`next` of the page before")
    .addHelpText("after", examples)
    .action(async (query: string, { select = [], limit, cursor }: Options, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const body = { query, select, limit, count: true, ...(cursor === undefined ? {} : { cursor }) };
      const page = await client.queryRuns({ body, signal: io.interrupt });
      if (json) return printJson(page);
      if (page.total === 0) return print("No run matches.");
      const columns = [...runColumns, ...select.map((title): Column => ({ title: cut(title, 32), align: "right" }))];
      const rows = (page.runs ?? []).map((run, i) => [...runRow(run, style, Date.now()), ...valuesOf(page, i)]);
      print(formatTable(columns, rows, style));
      const more = page.next === null ? "" : `; more: --cursor ${page.next}`;
      if (page.total !== null && page.ids.length < page.total)
        print(style.dim(`\n${page.ids.length} of ${formatCount(page.total)} runs${more}`));
    });
};

const numbers = new Set<unknown>(["NaN", "Infinity", "-Infinity"]);

const valuesOf = ({ values }: RunQueryAnswer, row: number): string[] =>
  values.map(({ values: column }) => {
    const value = column[row];
    if (value === null || value === undefined || typeof value === "number") return formatNumber(value);
    if (typeof value === "string") return numbers.has(value) ? formatNumber(value) : value;
    return cut(JSON.stringify(value), 32);
  });
