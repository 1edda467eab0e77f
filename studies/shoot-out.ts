/**
 * `npm run study -- shoot-out`: which ranker is used and why. Reads the shipped corpus and finer grids of
 * packages/learning/data (made by `etude study report DIR --evidence FILE`), folds the corpus for the service, and writes
 * docs/studies/shoot-out.md. It needs no server.
 */
import { cellsOf, defaultRanker, shootOut, type ShootOut, type ShootOutEntry, taskTable } from "@etude/learning";
import { readShippedRows, writeShippedCells } from "@etude/learning/corpus";
import type { Report } from "./lib/run-all.ts";

const k = 3;
const factor = (regret: number): string => (regret < 1000 ? regret.toFixed(3) : "> 1000");

const rowOf = ({ title, name, conditioned, ...entry }: ShootOutEntry): string => {
  const looks = conditioned === null ? "" : conditioned ? "yes" : "no";
  const numbers = [entry.geometricMean, entry.median, entry.worst].map(factor);
  const { ratio, low, high } = entry.againstFixed;
  const against = name === "fixed-list" ? "1" : `${ratio.toFixed(3)} (${low.toFixed(3)} – ${high.toFixed(3)})`;
  const covered = `${entry.tasks.length} (${new Set(entry.tasks.map(({ family }) => family)).size})`;
  return `| ${title} (\`${name}\`) | ${looks} | ${numbers.join(" | ")} | ${entry.worstTask} | ${against} | ${factor(entry.oracleGeometricMean)} | ${covered} |`;
};

function verdict({ entries, best }: ShootOut): string {
  const of = (name: string): ShootOutEntry | undefined => entries.find((entry) => entry.name === name);
  const fixed = of("fixed-list")!;
  const chosen = of(best)!;
  const wsd = of("always-wsd");
  const why = chosen.conditioned
    ? `It looks at the task and beats the fixed list: the interval of the ratio of their mean regrets is below 1.`
    : `No ranker that looks at the task beats the fixed list (mean ${factor(fixed.geometricMean)}): the interval of its ratio would have to lie below 1.`;
  const half = wsd
    ? `Log regret is ${(Math.log(chosen.geometricMean) / Math.log(wsd.geometricMean)).toFixed(2)} of always-wsd's (aim: below 0.5).`
    : "always-wsd was not run on finer grids.";
  return [
    `**Best: \`${best}\`.** ${why} ${half} Its worst regret is ${factor(chosen.worst)}, on ${chosen.worstTask} (aim: at most 1.3).`,
    `**Used: \`${defaultRanker}\`**${best === defaultRanker ? "." : ", chosen on an earlier corpus: `defaultRanker` is to be changed."}`,
  ].join(" ");
}

const lists = ({ entries }: ShootOut): string[] =>
  (entries.find(({ name }) => name === defaultRanker)?.tasks ?? []).map(
    ({ task, family, list, winner, regret, oracle }) =>
      `| ${task} | ${family} | ${list.join(", ")} | ${winner} | ${factor(regret)} | ${factor(oracle)} |`,
  );

function markdown(result: ShootOut, trainings: number): string {
  return `# Shoot-out of rankers

Made by \`npm run study -- shoot-out\` from the shipped corpus (\`packages/learning/data\`): ${trainings} trainings of the array engine on ${result.tasks} tasks in ${result.families} families under ${result.shapes} schedules.

Leave one family out: a ranker sees the tasks of all other families and names k = ${k} schedules. Each is tuned on the task's tuning seeds, the winner on those seeds is measured on its evaluation seeds. Regret is its loss over the best loss that anything reached on that task, finer grids included. Means are geometric, families weigh the same, a regret counts as 1000 at most. The oracle picks from the list by the evaluation seeds; it is shown apart and decides nothing. \`always-…\` spends as many trainings on one schedule, its rates ${k} times as fine. Tasks with no more than ${k} schedules are left out.

${verdict(result)}

How it came about: the method was changed between runs of this study, on a pilot corpus and on copies of this one; that the whole interval of the ratio must lie below 1 was added after a pilot had put another ranker 2 % ahead by its plain mean. By plain means the best ranker that looks at the task would be the default.

| ranker | looks at the task | mean | median | worst | on | mean over the fixed list's (90 %, families resampled) | mean of an oracle's pick | tasks (families) |
|---|---|---|---|---|---|---|---|---|
${result.entries.map(rowOf).join("\n")}

## What \`${defaultRanker}\` named

| task | family | list | winner on tuning seeds | regret | oracle |
|---|---|---|---|---|---|
${lists(result).join("\n")}
`;
}

export async function run(): Promise<Report> {
  const rows = await readShippedRows("corpus");
  if (rows.length === 0) throw new Error("packages/learning/data has no corpus.ndjson.gz: make it from a study first");
  await writeShippedCells(rows);
  const finer = await readShippedRows("finer-grids");
  const always = ["wsd", "cosine"].flatMap((label) => {
    const own = finer.filter((row) => row.label === label);
    return own.length === 0 ? [] : [[label, taskTable(cellsOf(own), { by: "label" })] as const];
  });
  const result = shootOut(taskTable(cellsOf(rows), { by: "label" }), { k, always: new Map(always) });
  return { "shoot-out.md": markdown(result, rows.length), "shoot-out.json": `${JSON.stringify(result)}\n` };
}
