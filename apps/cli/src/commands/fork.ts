import { InvalidArgumentError } from "commander";
import { Exit } from "../exit-codes.ts";
import { formatStatus, shortId } from "../format/run.ts";
import type { Register } from "../program.ts";
import { findRun, runArgument } from "../run-reference.ts";
import { parseAssignment, toMergePatch } from "../specs/assignments.ts";
import { collect, setOption } from "../specs/spec-options.ts";
import { watchRuns } from "../watch/watch-runs.ts";

const examples = `
Examples:
  etude fork latest --set 'schedule={"kind":"linear","rate":0.05}'
  etude fork 1a2b3c4d --at 400 --set 'schedule={"kind":"cosine","rate":0.1}' --watch
  etude fork 1a2b3c4d --set budget.steps=2000`;

interface Options {
  readonly at?: number;
  readonly set?: string[];
  readonly study?: string;
  readonly watch?: boolean;
}

function parseStep(text: string): number {
  const step = Number(text);
  if (!Number.isInteger(step) || step < 1) throw new InvalidArgumentError(`${text} is no step: a whole number from 1.`);
  return step;
}

export const forkCommand: Register = (program, context) => {
  program
    .command("fork")
    .summary("queue a run that goes on from a checkpoint of another")
    .description("Queue a run that goes on from a checkpoint of another, with changes from there on.")
    .argument("<run>", runArgument)
    .option("--at <step>", "which checkpoint; the last one when absent", parseStep)
    .option(...setOption, collect)
    .option("--study <name or id>", "study of the new run")
    .option("-w, --watch", "watch it until it ends")
    .addHelpText("after", examples)
    .action(async (reference: string, { at: step, set = [], study, watch }: Options, command) => {
      const output = context(command);
      const changes = toMergePatch(set.map(parseAssignment));
      const connection = await output.connect();
      const signal = output.io.interrupt;
      const { id } = await findRun(connection.client, reference, signal);
      const body = { changes, study, ...(step !== undefined && { step }) };
      const run = await connection.client.forkRun({ runId: id, body, signal });
      if (watch === true) throw new Exit(await watchRuns([run], connection, output));
      if (output.json) return output.printJson(run);
      output.print(`${shortId(run.id)}  ${run.name}  ${formatStatus(run, output.style)}`);
    });
};
