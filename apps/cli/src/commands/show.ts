import { scheduleCatalogue } from "@etude/catalog";
import { type Run, scheduleOf, seedOf, type SeriesSummary } from "@etude/contracts";
import { HistoryBuffer } from "@etude/sdk";
import type { Context } from "../context.ts";
import { UsageError } from "../exit-codes.ts";
import { formatAgo, formatCount, formatDuration, formatNumber } from "../format/numbers.ts";
import { formatProgress, formatStatus } from "../format/run.ts";
import { formatFacts, formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { findRun, runArgument } from "../run-reference.ts";
import { collect, number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude show latest
  etude show 1a2b3c4d --history train/loss --history learning-rate --csv > curves.csv
  etude show 1a2b3c4d --history train/loss --width 20
  etude show 1a2b3c4d --json | jq .run.summary`;

interface Options {
  readonly history?: string[];
  readonly csv?: boolean;
  readonly width?: number;
}

export const showCommand: Register = (program, context) => {
  program
    .command("show")
    .summary("everything about a run, or its curves")
    .description("Show a run with its summary and series, or the points of some series.")
    .argument("<run>", runArgument)
    .option("--history <series>", "points of a series, exact; repeat for several", collect)
    .option("--width <n>", "with --history: at most this many buckets a series", number)
    .option("--csv", "with --history: as CSV, one line a point")
    .addHelpText("after", examples)
    .action(async (reference: string, options: Options, command) => {
      const output = context(command);
      const { io, json, printJson, connect } = output;
      const { client } = await connect();
      const signal = io.interrupt;
      const run = await findRun(client, reference, signal);
      const { history, csv, width } = options;
      if (history === undefined) {
        if (csv === true || width !== undefined) {
          throw new UsageError(`--${csv === true ? "csv" : "width"} needs a series.`, "Add --history train/loss.");
        }
        const { series } = await client.listSeries({ runId: run.id, signal });
        return json ? printJson({ run, series }) : printRun(run, series, output);
      }
      const query = { runId: run.id, key: history, width, signal };
      if (json) return printJson(await client.getHistory(query));
      const buffer = new HistoryBuffer(run.id);
      buffer.load(await client.readHistory(query));
      printPoints(buffer, csv === true, output);
    });
};

function printRun(run: Run, series: readonly SeriesSummary[], { print, style }: Context): void {
  const { spec, summary, backend } = run;
  const schedule = scheduleOf(spec);
  const now = Date.now();
  const time = (instant: string | null): string | undefined =>
    instant === null ? undefined : `${instant.replace("T", " ").slice(0, 19)}  ${style.dim(formatAgo(instant, now))}`;
  const measured = (name: string, value: unknown): [string, string | undefined] => [
    name,
    value === undefined ? undefined : formatNumber(value as number | string),
  ];
  print(`${style.bold(run.name)}  ${formatStatus(run, style)}`);
  print(
    formatFacts(
      [
        ["run", run.id],
        ["failure", run.failure?.message],
        ...parts(run),
        ["schedule", schedule && `${schedule.kind}  ${style.dim(chosenParameters(schedule))}`],
        ["seed", String(seedOf(spec))],
        ["steps", formatProgress(run)],
        ["backend", backend === null ? undefined : `${backend.name} on ${backend.device}`],
        ["attempt", run.attempt > 1 ? String(run.attempt) : undefined],
        [
          "tags",
          Object.entries(spec.tags)
            .map(([tag, value]) => (value === "" ? tag : `${tag}=${value}`))
            .join(", "),
        ],
        ["created", time(run.createdAt)],
        ["started", time(run.startedAt)],
        ["ended", time(run.endedAt)],
        measured("train loss", summary?.finalTrainLoss),
        measured("validation loss", summary?.finalValidationLoss),
        measured("best", summary?.bestValidationLoss),
        measured("accuracy", summary?.finalAccuracy),
        [
          "took",
          summary ? `${formatDuration(summary.seconds)}, ${formatNumber(summary.stepsPerSecond)} steps/s` : undefined,
        ],
      ],
      style,
    ),
  );
  if (series.length === 0) return;
  const right = ["POINTS", "LAST", "MIN", "AT STEP", "MAX", "MEAN"].map((title) => ({
    title,
    align: "right" as const,
  }));
  const rows = series.map(({ key, points, last, min, minStep, max, mean }) => [
    key,
    formatCount(points),
    formatNumber(last),
    formatNumber(min),
    minStep === null ? "–" : String(minStep),
    formatNumber(max),
    formatNumber(mean),
  ]);
  print(`\n${formatTable([{ title: "SERIES" }, ...right], rows, style)}`);
}

/** What the run is made of: kinds of a training, the labels of an external run. */
function parts({ spec, parameters }: Run): [string, string | undefined][] {
  if (spec.kind === "external")
    return [
      ["trained by", "a loop elsewhere"],
      ["dataset", spec.dataset],
      ["model", spec.model],
      ["optimizer", spec.optimizer],
    ];
  if (spec.kind !== "training") return [["work", spec.kind]];
  return [
    ["dataset", spec.dataset.kind],
    ["model", `${spec.model.kind}${parameters === null ? "" : `, ${formatCount(parameters)} weights`}`],
    ["optimizer", spec.optimizer.kind],
  ];
}

/** Parameters of a schedule that are not its defaults. */
function chosenParameters({ kind, ...parameters }: NonNullable<ReturnType<typeof scheduleOf>>): string {
  const schema = scheduleCatalogue().find((entry) => entry.kind === kind)?.parameters["properties"];
  const defaults = (schema ?? {}) as Record<string, { readonly default?: unknown }>;
  return Object.entries(parameters)
    .map(([name, value]) => [name, JSON.stringify(value)] as const)
    .filter(([name, text]) => text !== JSON.stringify(defaults[name]?.default))
    .map(([name, text]) => `${name} ${text}`)
    .join(", ");
}

/** Exact points as step and value; buckets with minimum, maximum and mean beside. CSV has full precision. */
function printPoints(history: HistoryBuffer, csv: boolean, { print, style }: Context): void {
  const views = history.keys().flatMap((key) => history.get(key) ?? []);
  const exact = views.every((view) => view.exact);
  const names = ["series", "step", "value", ...(exact ? [] : ["min", "max", "mean"])];
  const text = csv ? String : formatNumber;
  const rows = views.flatMap((view) =>
    Array.from(view.steps, (step, i) => {
      const values = exact ? [view.values] : [view.values, view.min, view.max, view.mean];
      return [view.key, String(step), ...values.map((column) => text(column[i] as number))];
    }),
  );
  if (csv) return print([names, ...rows].map((row) => row.join(",")).join("\n"));
  const columns = names.map((name, i) => ({
    title: name.toUpperCase(),
    align: i === 0 ? ("left" as const) : ("right" as const),
  }));
  print(formatTable(columns, rows, style));
}
