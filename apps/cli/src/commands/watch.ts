import type { Run } from "@etude/contracts";
import { Exit, UsageError } from "../exit-codes.ts";
import type { Register } from "../program.ts";
import { findRun, findRuns, runArgument, runsOfStudy } from "../run-reference.ts";
import { watchRuns } from "../watch/watch-runs.ts";

const examples = `
Examples:
  etude watch                       the runs that are active, else the newest
  etude watch 1a2b3c4d 5e6f7a8b
  etude watch --study "Patience"
  etude watch latest --json | jq -c 'select(.type == "run-changed") | .run.step'

On a terminal: loss and rate as live charts, Ctrl-C to leave (the runs go on). Elsewhere: a line now and then. With
--json: every event as a line of JSON, points included. Ends when all runs have ended.`;

export const watchCommand: Register = (program, context) => {
  program
    .command("watch")
    .summary("follow runs live")
    .description("Follow runs live until they end.")
    .argument("[runs...]", runArgument)
    .option("--study <name or id>", "all runs of a study")
    .addHelpText("after", examples)
    .action(async (references: string[], { study }: { study?: string }, command) => {
      const output = context(command);
      const connection = await output.connect();
      const { client } = connection;
      const signal = output.io.interrupt;
      const active = async (): Promise<Run[]> => {
        const { runs } = await client.listRuns({ status: ["running", "queued"], order: "oldest", limit: 12, signal });
        return runs.length > 0 ? runs : [await findRun(client, "latest", signal)];
      };
      const runs =
        study !== undefined
          ? await runsOfStudy(client, study, signal)
          : references.length > 0
            ? await findRuns(client, references, signal)
            : await active();
      if (runs.length === 0)
        throw new UsageError(`The study ${JSON.stringify(study)} has no runs.`, "Submit some with --study.");
      throw new Exit(await watchRuns(runs, connection, output));
    });
};
