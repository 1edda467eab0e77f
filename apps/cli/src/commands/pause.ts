import { formatStatus, shortId } from "../format/run.ts";
import type { Register } from "../program.ts";
import { findRuns, runArgument, runsOfStudy } from "../run-reference.ts";

const examples = `
Examples:
  etude pause latest
  etude pause --study "Patience"        all that wait or run
  etude resume latest                   goes on with it`;

export const pauseCommand: Register = (program, context) => {
  program
    .command("pause")
    .summary("pause runs")
    .description("Pause runs. A running one writes a checkpoint first and can be resumed exactly from there.")
    .argument("[runs...]", runArgument)
    .option("--study <name or id>", "all waiting and running runs of a study")
    .addHelpText("after", examples)
    .action(async (references: string[], { study }: { study?: string }, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      if (references.length === 0 && study === undefined) command.error("error: name a run, or a study with --study");
      const { client } = await connect();
      const signal = io.interrupt;
      const found = await findRuns(client, references, signal);
      if (study !== undefined) found.push(...(await runsOfStudy(client, study, signal, ["queued", "running"])));
      const runs = [];
      for (const { id } of found) {
        const run = await client.pauseRun({ runId: id, signal });
        runs.push(run);
        const asked = run.status === "running" ? ", pauses after its checkpoint" : "";
        if (!json) print(`${shortId(run.id)}  ${run.name}  ${formatStatus(run, style)}${asked}`);
      }
      if (json) printJson({ runs });
      else if (runs.length === 0) print("Nothing to pause: no run of the study waits or runs.");
    });
};
