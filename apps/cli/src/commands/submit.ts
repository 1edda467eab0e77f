import { randomUUID } from "node:crypto";
import type { Run, RunSpecInput } from "@etude/contracts";
import { Exit, UsageError } from "../exit-codes.ts";
import { runColumns, runRow, shortId } from "../format/run.ts";
import { formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { readDocument } from "../read-input.ts";
import { addSpecOptions, applyOptions, defaultSpec, type SpecOptions, specsOf } from "../specs/spec-options.ts";
import { watchRuns } from "../watch/watch-runs.ts";

const examples = `
Examples:
  etude submit --schedule greedy --rate 0.1 --watch
  etude submit --dataset digits --model cnn --optimizer adam --schedule cosine --rate 0.003 --epochs 5
  etude submit --schedule plateau --rate 0.1 --set schedule.patience=5 --seed 1,2,3 --study "Patience"
  etude submit sweep.yaml --steps 500
  jq -n '{…}' | etude submit - --json

FILE is JSON or YAML and holds one spec, a list of specs, or { study, runs: [specs] }; options change each of them.`;

interface Options extends SpecOptions {
  readonly study?: string;
  readonly watch?: boolean;
  readonly idempotencyKey?: string;
}

export const submitCommand: Register = (program, context) => {
  addSpecOptions(
    program
      .command("submit")
      .summary("queue training runs")
      .description("Queue training runs from a file, from options, or from a file changed by options.")
      .argument("[file]", "JSON or YAML; - for stdin"),
  )
    .option("--study <name or id>", "study that the runs belong to; made when no study has the name")
    .option("--idempotency-key <text>", "a repeated submit with the same key returns the first runs")
    .option("-w, --watch", "watch them until they end")
    .addHelpText("after", examples)
    .action(async (file: string | undefined, options: Options, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      if (file === undefined && options.schedule === undefined) {
        throw new UsageError(
          "There is nothing to submit.",
          "Give a file, or --schedule (and --rate): etude submit --help",
        );
      }
      const read = file === undefined ? { specs: [defaultSpec] } : specsOf(await readDocument(file, io), file);
      // The server checks the specs: it may know kinds that this program does not.
      const specs = applyOptions(read.specs, options) as unknown as RunSpecInput[];
      const study = options.study ?? read.study;
      const connection = await connect();
      const how = { idempotencyKey: options.idempotencyKey ?? randomUUID(), signal: io.interrupt };
      const [only, ...others] = specs;
      const runs: Run[] =
        only !== undefined && others.length === 0
          ? [await connection.client.createRun({ body: only, study, ...how })]
          : (await connection.client.createRuns({ body: { study, runs: specs }, ...how })).runs;
      if (options.watch === true)
        throw new Exit(await watchRuns(runs, connection, { io, json, style, print, printJson }));
      if (json) return printJson({ runs });
      print(
        formatTable(
          runColumns,
          runs.map((run) => runRow(run, style, Date.now())),
          style,
        ),
      );
      const references =
        runs.length > 4 && study !== undefined
          ? `--study ${JSON.stringify(study)}`
          : runs.map(({ id }) => shortId(id)).join(" ");
      print(style.dim(`\nWatch: etude watch ${references}`));
    });
};
