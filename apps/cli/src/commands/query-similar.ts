import type { Run } from "@etude/contracts";
import { formatNumber } from "../format/numbers.ts";
import { shortId } from "../format/run.ts";
import { cut, formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { findRun, runArgument } from "../run-reference.ts";
import { number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude similar latest
  etude similar 1a2b3c4d --scale-free --where "dataset.kind = 'digits' and status = 'completed'"

Distances are in decades: 1 is ten times as high throughout. The last columns say what makes the distance.`;

interface Options {
  readonly scaleFree?: boolean;
  readonly where: string;
  readonly limit: number;
}

export const similarCommand: Register = (program, context) => {
  program
    .command("similar")
    .summary("past runs with rates like a run's")
    .description("Find ended runs whose applied learning rates resemble those of a run.")
    .argument("<run>", runArgument)
    .option("--scale-free", "compare shapes only: a schedule and ten times it are alike")
    .option("--where <query>", "search among the runs that match", "")
    .option("-n, --limit <n>", "runs at most", number, 20)
    .addHelpText("after", examples)
    .action(async (reference: string, { scaleFree = false, where, limit }: Options, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const signal = io.interrupt;
      const { id: runId } = await findRun(client, reference, signal);
      const answer = await client.findSimilar({ body: { like: { runId }, scaleFree, query: where, limit }, signal });
      if (json) return printJson(answer);
      if (answer.pending > 0)
        io.stderr.write(style.dim(`${answer.pending} runs have not been looked at yet; ask again.\n`));
      if (answer.found.length === 0) return print("No other ended run has a recorded learning rate.");
      const rows = answer.found.map(({ run, distance, scale, shapeDistance, farthest }) => [
        shortId(run.id),
        cut(run.name, 40),
        scheduleOf(run),
        formatNumber(distance),
        `×${formatNumber(scale)}`,
        formatNumber(shapeDistance),
        `×${formatNumber(farthest.ratio)} at ${Math.round(100 * farthest.progress)}%`,
        formatNumber(run.summary?.finalValidationLoss),
      ]);
      print(
        formatTable(
          [
            { title: "RUN" },
            { title: "NAME" },
            { title: "SCHEDULE" },
            { title: "DISTANCE", align: "right" },
            { title: "SCALE", align: "right" },
            { title: "SHAPE", align: "right" },
            { title: "FARTHEST", align: "right" },
            { title: "VAL LOSS", align: "right" },
          ],
          rows,
          style,
        ),
      );
    });
};

const scheduleOf = (run: Run): string => ("schedule" in run.spec ? (run.spec.schedule?.kind ?? "–") : "–");
