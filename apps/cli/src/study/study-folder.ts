/** Where a study lives on disk: plan.json, frozen; journal.jsonl, one line a finished cell; the report. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CellOutcome, decodeOutcome, encodeOutcome, freezePlan, type FrozenPlan, keyOf } from "@etude/learning";
import { UsageError } from "../exit-codes.ts";

export interface StudyFolder {
  readonly frozen: FrozenPlan;
  /** What the journal holds. */
  readonly outcomes: Map<string, CellOutcome>;
  append(outcomes: readonly CellOutcome[]): void;
  /** When the journal was last written; now, while there is none. */
  readonly endedAt: Date;
}

const planFile = "plan.json";
const journalFile = "journal.jsonl";

/** Opens a folder for this plan, or goes on with the one that is there. Throws a UsageError where it holds another. */
export function openStudy(folder: string, frozen: FrozenPlan): StudyFolder {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, planFile);
  if (!existsSync(path)) writeFileSync(path, frozen.text);
  const kept = readStudy(folder);
  if (kept.frozen.hash !== frozen.hash) {
    throw new UsageError(
      `${folder} holds another plan (${kept.frozen.hash.slice(0, 12)}, not ${frozen.hash.slice(0, 12)}).`,
      "A plan is frozen once its first run has begun: give another --out.",
    );
  }
  return kept;
}

/** Reads a study's folder. Throws a UsageError where there is none. A last line that a kill cut short is dropped. */
export function readStudy(folder: string): StudyFolder {
  const path = join(folder, planFile);
  if (!existsSync(path))
    throw new UsageError(`${folder} holds no study.`, "Run one: etude study run PLAN.json --out DIR.");
  const frozen = freezePlan(JSON.parse(readFileSync(path, "utf8")));
  const journal = join(folder, journalFile);
  const text = existsSync(journal) ? readFileSync(journal, "utf8") : "";
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(journal, Buffer.byteLength(whole));
  const outcomes = new Map<string, CellOutcome>();
  for (const line of whole.split("\n")) {
    if (line === "") continue;
    const outcome = decodeOutcome(line);
    outcomes.set(keyOf(outcome), outcome);
  }
  return {
    frozen,
    outcomes,
    endedAt: existsSync(journal) ? statSync(journal).mtime : new Date(),
    append(batch) {
      appendFileSync(journal, batch.map((outcome) => `${encodeOutcome(outcome)}\n`).join(""));
    },
  };
}
