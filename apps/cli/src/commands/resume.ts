import { Exit } from "../exit-codes.ts";
import { formatStatus, shortId } from "../format/run.ts";
import type { Register } from "../program.ts";
import { findRuns, runArgument, runsOfStudy } from "../run-reference.ts";
import { watchRuns } from "../watch/watch-runs.ts";

const examples = `
Examples:
  etude resume latest --watch
  etude resume --study "Patience"       all paused runs of a study`;

interface Options {
  readonly study?: string;
  readonly watch?: boolean;
}

export const resumeCommand: Register = (program, context) => {
  program
    .command("resume")
    .summary("let paused runs go on")
    .description("Queue paused runs again. They go on from their checkpoint as if nothing had happened.")
    .argument("[runs...]", runArgument)
    .option("--study <name or id>", "all paused runs of a study")
    .option("-w, --watch", "watch them until they end")
    .addHelpText("after", examples)
    .action(async (references: string[], { study, watch }: Options, command) => {
      const output = context(command);
      if (references.length === 0 && study === undefined) command.error("error: name a run, or a study with --study");
      const connection = await output.connect();
      const { client } = connection;
      const signal = output.io.interrupt;
      const found = await findRuns(client, references, signal);
      if (study !== undefined) found.push(...(await runsOfStudy(client, study, signal, ["paused"])));
      const runs = [];
      for (const { id } of found) runs.push(await client.resumeRun({ runId: id, signal }));
      if (watch === true && runs.length > 0) throw new Exit(await watchRuns(runs, connection, output));
      if (output.json) return output.printJson({ runs });
      for (const run of runs) output.print(`${shortId(run.id)}  ${run.name}  ${formatStatus(run, output.style)}`);
      if (runs.length === 0) output.print("Nothing to resume: no run of the study is paused.");
    });
};
