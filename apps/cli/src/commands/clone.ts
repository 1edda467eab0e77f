import { Exit } from "../exit-codes.ts";
import { formatStatus, shortId } from "../format/run.ts";
import type { Register } from "../program.ts";
import { findRun, runArgument } from "../run-reference.ts";
import { parseAssignment, toMergePatch } from "../specs/assignments.ts";
import { collect, setOption } from "../specs/spec-options.ts";
import { watchRuns } from "../watch/watch-runs.ts";

const examples = `
Examples:
  etude clone latest --set seed=2
  etude clone 1a2b3c4d --set schedule.rate=0.05 --set name="half the rate" --watch
  etude clone 1a2b3c4d --set 'schedule={"kind":"cosine","rate":0.1}'`;

interface Options {
  readonly set?: string[];
  readonly study?: string;
  readonly watch?: boolean;
}

export const cloneCommand: Register = (program, context) => {
  program
    .command("clone")
    .summary("queue a copy of a run with changes")
    .description("Queue a copy of a run, with changes.")
    .argument("<run>", runArgument)
    .option(...setOption, collect)
    .option("--study <name or id>", "study of the copy")
    .option("-w, --watch", "watch it until it ends")
    .addHelpText("after", examples)
    .action(async (reference: string, options: Options, command) => {
      const output = context(command);
      const changes = toMergePatch((options.set ?? []).map(parseAssignment));
      const connection = await output.connect();
      const signal = output.io.interrupt;
      const { id } = await findRun(connection.client, reference, signal);
      const run = await connection.client.cloneRun({ runId: id, body: { changes, study: options.study }, signal });
      if (options.watch === true) throw new Exit(await watchRuns([run], connection, output));
      if (output.json) return output.printJson(run);
      output.print(`${shortId(run.id)}  ${run.name}  ${formatStatus(run, output.style)}`);
    });
};
