import { formatStatus, shortId } from "../format/run.ts";
import type { Register } from "../program.ts";
import { findRuns, runArgument, runsOfStudy } from "../run-reference.ts";

const examples = `
Examples:
  etude cancel latest
  etude cancel 1a2b3c4d 5e6f7a8b
  etude cancel --study "Patience"       all that wait or run`;

export const cancelCommand: Register = (program, context) => {
  program
    .command("cancel")
    .summary("stop runs")
    .description("Stop runs. What they recorded stays.")
    .argument("[runs...]", runArgument)
    .option("--study <name or id>", "all waiting and running runs of a study")
    .addHelpText("after", examples)
    .action(async (references: string[], { study }: { study?: string }, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      if (references.length === 0 && study === undefined) command.error("error: name a run, or a study with --study");
      const { client } = await connect();
      const signal = io.interrupt;
      const found = await findRuns(client, references, signal);
      if (study !== undefined)
        found.push(...(await runsOfStudy(client, study, signal, ["queued", "running", "paused"])));
      const runs = [];
      for (const { id } of found) {
        const run = await client.cancelRun({ runId: id, signal });
        runs.push(run);
        if (!json) print(`${shortId(run.id)}  ${run.name}  ${formatStatus(run, style)}`);
      }
      if (json) printJson({ runs });
      else if (runs.length === 0) print("Nothing to cancel: no run of the study waits or runs.");
    });
};
