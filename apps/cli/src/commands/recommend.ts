import type { Recommendation, RecommendationRequest } from "@etude/contracts";
import { UsageError } from "../exit-codes.ts";
import { formatNumber } from "../format/numbers.ts";
import { type Column, formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { readDocument } from "../read-input.ts";
import { addSpecOptions, applyOptions, defaultSpec, number, type SpecOptions, specsOf } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude recommend --dataset digits --model mlp --optimizer adam --steps 500
  etude recommend run.yaml -k 5
  etude recommend --task softmax-digits --ranker nearest-tasks
  etude recommend --steps 500 --json | jq '.schedules[].spec' > specs.json && etude submit specs.json

FILE and options describe a run as for \`submit\`; its schedule is what is asked for. What is best is told from the
evidence that finished runs leave, and from the studies that Etude ships with.`;

interface Options extends SpecOptions {
  readonly task?: string;
  readonly k: number;
  readonly ranker?: string;
  readonly objective?: RecommendationRequest["objective"];
  readonly shipped: boolean;
}

type Task = RecommendationRequest["task"];

export const recommendCommand: Register = (program, context) => {
  addSpecOptions(
    program
      .command("recommend")
      .summary("which schedules to try on a task, how sure, and why")
      .description("Ask which schedules to try on a task: a run without a schedule, or a task that the evidence knows.")
      .argument("[file]", "a run as JSON or YAML; - for stdin"),
  )
    .option("--task <id or hash>", "a task of the evidence, instead of a run")
    .option("-k <n>", "schedules to name", number, 3)
    .option("--ranker <name>", "another ranker than the default")
    .option("--objective <name>", "train-loss or validation-loss")
    .option("--no-shipped", "leave out the studies that Etude ships with")
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: Options, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { k, ranker, objective, shipped } = options;
      const task: Task = options.task === undefined ? { run: await runOf() } : { known: options.task };
      const { client } = await connect();
      const advice = await client.recommend({ body: { task, k, ranker, objective, shipped }, signal: io.interrupt });
      if (json) return printJson(advice);
      print(`${advice.reason}\n`);
      print(formatTable(columns, advice.schedules.map(rowOf), style));
      for (const { rank, why } of advice.schedules) print(style.dim(`${rank}  ${why}`));

      async function runOf(): Promise<never> {
        const { specs } = file === undefined ? { specs: [defaultSpec] } : specsOf(await readDocument(file, io), file);
        const [spec, ...others] = applyOptions(specs, options);
        if (spec === undefined || others.length > 0) {
          throw new UsageError(`${others.length + 1} runs are described.`, "Ask for one task at a time.");
        }
        const { schedule: _schedule, ...rest } = spec;
        return rest as never;
      }
    });
};

const columns: readonly Column[] = [
  { title: "" },
  { title: "schedule" },
  { title: "rate", align: "right" },
  { title: "rate from" },
  { title: "loss", align: "right" },
  { title: "× best", align: "right" },
  { title: "trainings", align: "right" },
  { title: "tasks", align: "right" },
];

type Schedule = Recommendation["schedules"][number];

const interval = (of: Schedule["predicted"]["loss"]): string =>
  of === null ? "" : `${formatNumber(of.median)} (${formatNumber(of.low)} – ${formatNumber(of.high)})`;

const rowOf = ({ rank, title, rate, predicted, support, schedule }: Schedule): string[] => [
  String(rank),
  title,
  rate.base === null ? JSON.stringify((schedule as { readonly rate?: unknown }).rate ?? "") : formatNumber(rate.base),
  rate.from,
  interval(predicted.loss),
  interval(predicted.regret),
  String(support.trainings),
  String(support.tasks),
];
