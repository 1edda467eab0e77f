/** Evidence as a data set for meta-learning: a row for each training, or for each of its steps. */
import { type Evidence, type EvidenceExport, Problem } from "@etude/contracts";
import { onGrid } from "@etude/curves";
import type { Database, EvidenceCondition } from "@etude/db";
import { parquet } from "../formats/columnar.ts";
import type { Block, Table } from "../formats/table.ts";
import { csv } from "../formats/text.ts";
import { conditionOf, refuseNothing } from "./condition.ts";
import type { Past } from "./past.ts";

const mostRows = 500_000;
const mostPoints = 2_000_000;
const pageRows = 500;

async function* rowsOf(db: Database, condition: EvidenceCondition): AsyncGenerator<Evidence, void> {
  let cursor: string | undefined;
  do {
    const page = await db.evidence.byRow(condition, { limit: pageRows, cursor });
    yield* page.rows;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

const number = (value: unknown): number => (value === null || value === undefined ? Number.NaN : Number(value));
const text = (value: unknown): string => (value === null || value === undefined ? "" : String(value));

/** The text columns of a row, by name. */
const textsOf = ({ id, source, engine, runId, studyId, importId, task, ...row }: Evidence): Record<string, string> => ({
  id,
  source,
  engine,
  run: text(runId),
  study: text(studyId),
  import: text(importId),
  task: task.id,
  taskHash: task.hash,
  family: task.family,
  domain: task.domain,
  dataset: task.dataset,
  model: task.model,
  optimizer: task.optimizer,
  scheduleKind: row.scheduleKind,
  label: text(row.label),
  shape: row.shape,
  schedule: JSON.stringify(row.schedule),
  rateUnit: row.rateUnit,
  role: text(row.role),
  at: row.at,
});

/** The columns of numbers, by name; NaN where nothing was measured. */
function numbersOf({ task, features, outcome, seed, baseRate, transferRate }: Evidence): Record<string, number> {
  const { stepsTo, ...measured } = outcome;
  return {
    seed,
    steps: task.steps,
    batchSize: number(task.batchSize),
    momentum: task.momentum,
    baseRate: number(baseRate),
    transferRate: number(transferRate),
    ...Object.fromEntries(Object.entries(features).map(([name, value]) => [name, number(value)])),
    finalTrainLoss: number(measured.finalTrainLoss),
    bestTrainLoss: number(measured.bestTrainLoss),
    tailTrainLoss: number(measured.tailTrainLoss),
    finalValidationLoss: number(measured.finalValidationLoss),
    accuracy: number(measured.accuracy),
    areaLogLoss: number(measured.areaLogLoss),
    diverged: Number(measured.diverged),
    gradientEvaluations: measured.gradientEvaluations,
    extraForwards: measured.extraForwards,
    seconds: measured.seconds,
    stepsToHalf: number(stepsTo[0]?.step),
    stepsToTenth: number(stepsTo[2]?.step),
  };
}

async function* summaryBlocks(rows: AsyncIterable<Evidence>): AsyncGenerator<Block, void> {
  for await (const row of rows) {
    const numbers = Object.values(numbersOf(row)).map((value) => Float64Array.of(value));
    yield { texts: Object.values(textsOf(row)), numbers };
  }
}

const curveTexts = ["run", "task", "scheduleKind", "label"];

/** Every step of the training loss with the rate that was applied there; NaN where no rate was recorded. */
async function* curveBlocks(db: Database, rows: readonly Evidence[]): AsyncGenerator<Block, void> {
  for (const { runId, task, scheduleKind, label, seed } of rows) {
    const known = (await db.history.summaries(runId!)).map(({ key }) => key);
    const keys = ["train/loss", "learning-rate"].filter((key) => known.includes(key));
    if (!keys.includes("train/loss")) continue;
    const { series } = await db.history.readHistory(runId!, { keys });
    const of = (key: string) => series.flatMap((one) => (one.key === key && one.mode === "exact" ? one.points : []))[0];
    const loss = of("train/loss")!;
    const rate = of("learning-rate");
    const lr = rate ? onGrid(rate.steps, rate.values, loss.steps, "previous") : loss.values.map(() => Number.NaN);
    const seeds = new Float64Array(loss.steps.length).fill(seed);
    yield { texts: [runId!, task.id, scheduleKind, text(label)], numbers: [seeds, loss.steps, lr, loss.values] };
  }
}

async function curveTable(db: Database, rows: readonly Evidence[]): Promise<Table> {
  let points = 0;
  for (const { runId } of rows) {
    points += (await db.history.summaries(runId!)).find(({ key }) => key === "train/loss")?.points ?? 0;
  }
  if (points > mostPoints) {
    throw new Problem("evidence_too_large", `${points} points match; at most ${mostPoints} fit one file.`);
  }
  return { texts: curveTexts, numbers: ["seed", "step", "lr", "loss"], blocks: curveBlocks(db, rows) };
}

async function* lines(rows: AsyncIterable<Evidence>): AsyncGenerator<string, void> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

export interface ExportedFile {
  readonly type: string;
  readonly content: Uint8Array | AsyncIterable<string>;
}

const parquetType = "application/vnd.apache.parquet";

/** Returns the file. Throws Problem no_evidence, unknown_task, evidence_too_large. */
export async function exportEvidence(
  db: Database,
  past: Past,
  { filter, what, format }: EvidenceExport,
): Promise<ExportedFile> {
  const condition = await conditionOf(filter, past);
  const asFile = async (table: Table): Promise<ExportedFile> =>
    format === "parquet"
      ? { type: parquetType, content: await parquet(table) }
      : { type: "text/csv; charset=utf-8", content: csv(table) };
  if (what === "curves") {
    const rows = await db.evidence.runs(condition);
    if (rows.length === 0) refuseNothing(filter, "runs with recorded curves");
    return asFile(await curveTable(db, rows));
  }
  const { total, rows } = await db.evidence.byRow(condition, { limit: 1 });
  const [first] = rows;
  if (!first) refuseNothing(filter);
  if (total > mostRows)
    throw new Problem("evidence_too_large", `${total} rows match; at most ${mostRows} fit one file.`);
  const all = rowsOf(db, condition);
  if (format === "ndjson") return { type: "application/x-ndjson", content: lines(all) };
  return asFile({
    texts: Object.keys(textsOf(first)),
    numbers: Object.keys(numbersOf(first)),
    blocks: summaryBlocks(all),
  });
}
