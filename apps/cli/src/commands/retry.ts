import { Exit } from "../exit-codes.ts";
import { formatStatus, shortId } from "../format/run.ts";
import type { Register } from "../program.ts";
import { findRun, runArgument } from "../run-reference.ts";
import { watchRuns } from "../watch/watch-runs.ts";

const examples = `
Examples:
  etude retry 1a2b3c4d                 goes on from the last checkpoint
  etude retry 1a2b3c4d --from-start --watch`;

export const retryCommand: Register = (program, context) => {
  program
    .command("retry")
    .summary("queue a failed or cancelled run again")
    .description("Queue a failed or cancelled run again, from its last checkpoint.")
    .argument("<run>", runArgument)
    .option("--from-start", "drop its history and begin at step 0")
    .option("-w, --watch", "watch it until it ends")
    .addHelpText("after", examples)
    .action(async (reference: string, options: { fromStart?: boolean; watch?: boolean }, command) => {
      const output = context(command);
      const connection = await output.connect();
      const signal = output.io.interrupt;
      const { id } = await findRun(connection.client, reference, signal);
      const from = options.fromStart === true ? "start" : "checkpoint";
      const run = await connection.client.retryRun({ runId: id, body: { from }, signal });
      if (options.watch === true) throw new Exit(await watchRuns([run], connection, output));
      if (output.json) return output.printJson(run);
      output.print(`${shortId(run.id)}  ${run.name}  ${formatStatus(run, output.style)}`);
    });
};
