import { cellsOf, defaultRanker, shootOut, type ShootOutEntry, type TaskRow, taskTable } from "@etude/learning";
import { readShippedRows } from "@etude/learning/corpus";
import { UsageError } from "../exit-codes.ts";
import { formatNumber } from "../format/numbers.ts";
import { type Column, formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";
import { number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude evidence shoot-out
  etude evidence shoot-out -k 1

It needs no server: it runs on the evidence that Etude ships with. Each ranker names k schedules for a task after seeing
the tasks of all other families; regret is the loss of the best of them, picked on tuning seeds and measured on others,
over the best loss that anything reached.`;

export const shootOutCommand: Register = (program, context) => {
  program
    .command("shoot-out")
    .summary("how well each ranker advises on families that it has not seen")
    .description("Evaluate every ranker on the shipped evidence, leaving one family out.")
    .option("-k <n>", "schedules that a ranker names", number, 3)
    .addHelpText("after", examples)
    .action(async ({ k }: { readonly k: number }, command) => {
      const { json, style, print, printJson } = context(command);
      if (!Number.isInteger(k) || k < 1) throw new UsageError(`k is ${k}.`, "It must be a whole number from 1.");
      const rows = taskTable(cellsOf(await readShippedRows("corpus")), { by: "label" });
      const result = shootOut(rows, { k, always: k === finerBy ? await finerGrids() : new Map() });
      if (json) return printJson(result);
      print(formatTable(columns, result.entries.map(rowOf), style));
      print(`Best: ${result.best}. Used: ${defaultRanker}.`);
    });
};

/** The shipped finer grids stand for three schedules. */
const finerBy = 3;

async function finerGrids(): Promise<Map<string, TaskRow[]>> {
  const rows = await readShippedRows("finer-grids");
  const labels = [...new Set(rows.flatMap(({ label }) => label ?? []))].toSorted();
  return new Map(
    labels.map((label) => [label, taskTable(cellsOf(rows.filter((row) => row.label === label)), { by: "label" })]),
  );
}

const columns: readonly Column[] = [
  { title: "ranker" },
  { title: "looks at the task" },
  { title: "mean regret", align: "right" },
  { title: "median", align: "right" },
  { title: "worst", align: "right" },
  { title: "on" },
];

const rowOf = ({ name, conditioned, geometricMean, median, worst, worstTask }: ShootOutEntry): string[] => [
  name,
  conditioned === null ? "" : conditioned ? "yes" : "no",
  formatNumber(geometricMean),
  formatNumber(median),
  formatNumber(worst),
  worstTask,
];
