import { ask } from "../ask.ts";
import { Exit, exitCodes, UsageError } from "../exit-codes.ts";
import { formatCount } from "../format/numbers.ts";
import { shortId } from "../format/run.ts";
import type { Register } from "../program.ts";
import { findRuns, runArgument } from "../run-reference.ts";

const examples = `
Examples:
  etude delete 1a2b3c4d
  etude delete 1a2b3c4d 5e6f7a8b --yes`;

export const deleteCommand: Register = (program, context) => {
  program
    .command("delete")
    .alias("rm")
    .summary("delete ended runs and their histories")
    .description("Delete ended runs and their histories for good, after asking; scripts add --yes.")
    .argument("<runs...>", runArgument)
    .option("-y, --yes", "do not ask")
    .addHelpText("after", examples)
    .action(async (references: string[], { yes }: { yes?: boolean }, command) => {
      const { io, json, print, printJson, connect } = context(command);
      const { client } = await connect();
      const signal = io.interrupt;
      const runs = await findRuns(client, references, signal);
      if (yes !== true) {
        if (io.stdin.isTTY !== true)
          throw new UsageError("Deleting cannot be undone.", "Add --yes to delete without being asked.");
        const points = runs.reduce((sum, run) => sum + run.points, 0);
        const what = runs.length === 1 ? (runs[0]?.name ?? "") : `${runs.length} runs`;
        const answer = await ask(io, `Delete ${what} with ${formatCount(points)} points for good? [y/N] `);
        if (!/^y(es)?$/i.test(answer)) throw new Exit(exitCodes.ok);
      }
      for (const { id, name } of runs) {
        await client.deleteRun({ runId: id, signal });
        if (!json) print(`${shortId(id)}  ${name}  deleted`);
      }
      if (json) printJson({ deleted: runs.map(({ id }) => id) });
    });
};
