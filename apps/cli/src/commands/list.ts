import { RunFilter, type RunStatus, runStatuses } from "@etude/contracts";
import type { Client } from "@etude/sdk";
import { Option } from "commander";
import { formatCount } from "../format/numbers.ts";
import { runColumns, runRow } from "../format/run.ts";
import { formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { findStudyId } from "../run-reference.ts";
import { collect, number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude list
  etude list --status running --status queued
  etude list --study "Patience" --schedule greedy --order best-validation-loss --limit 5
  etude list --json | jq -r '.runs[].id'`;

type Filter = NonNullable<Parameters<Client["listRuns"]>[0]>;
type Order = NonNullable<Filter["order"]>;
const orders = RunFilter.shape.order.unwrap().options;

interface Options {
  readonly status?: string[];
  readonly study?: string;
  readonly schedule?: string;
  readonly model?: string;
  readonly dataset?: string;
  readonly optimizer?: string;
  readonly tag?: string[];
  readonly search?: string;
  readonly order?: Order;
  readonly limit?: number;
  readonly cursor?: string;
}

export const listCommand: Register = (program, context) => {
  program
    .command("list")
    .alias("ls")
    .summary("list runs")
    .description("List runs, newest first.")
    .addOption(new Option("--status <status...>", "one or several").choices(runStatuses))
    .option("--study <name or id>", "runs of a study")
    .option("--schedule <kind>", "runs under a kind of schedule")
    .option("--model <kind>", "runs of a model")
    .option("--dataset <kind>", "runs on a dataset")
    .option("--optimizer <kind>", "runs with an optimizer")
    .option("--tag <key[=value]>", "runs with a tag; repeat, all must match", collect)
    .option("-q, --search <text>", "part of the name")
    .addOption(new Option("--order <order>", "what comes first").choices(orders).default("newest"))
    .option("-n, --limit <n>", "runs on a page, at most 500", number, 20)
    .option("--cursor <cursor>", "`next` of the page before")
    .addHelpText("after", examples)
    .action(async ({ study, search, status, ...rest }: Options, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const signal = io.interrupt;
      const studyId = study === undefined ? undefined : await findStudyId(client, study, signal);
      const page = await client.listRuns({
        ...rest,
        status: status as RunStatus[] | undefined,
        studyId,
        q: search,
        signal,
      });
      if (json) return printJson(page);
      if (page.total === 0) return print("No runs. Make one: etude submit --schedule greedy --rate 0.1");
      print(
        formatTable(
          runColumns,
          page.runs.map((run) => runRow(run, style, Date.now())),
          style,
        ),
      );
      const more = page.next === null ? "" : `; more: --cursor ${page.next}`;
      if (page.runs.length < page.total)
        print(style.dim(`\n${page.runs.length} of ${formatCount(page.total)} runs${more}`));
    });
};
