import { type Evidence, type EvidenceCell, NewEvidence, toJsonNumber } from "@etude/contracts";
import { createDatabase } from "@etude/db";
import { cellsOf, completeEvidence } from "@etude/learning";
import { afterAll, expect, it } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { newRun } from "./support.ts";

const { url } = await withDatabase();
const db = createDatabase({ url });
afterAll(() => db.close());

interface Given {
  readonly seed: number;
  readonly loss?: number;
  readonly role?: "tuning" | "evaluation";
  readonly kind?: string;
  readonly runId?: string;
}

const row = ({ seed, loss = 1 + seed / 7, role, kind = "cosine", runId }: Given): Evidence =>
  completeEvidence(
    NewEvidence.parse({
      source: runId === undefined ? "study" : "run",
      engine: "array",
      ...(runId === undefined ? { studyId: "plan" } : { runId }),
      task: {
        id: "t",
        family: "f",
        domain: "text",
        dataset: "d",
        model: "m",
        optimizer: "adam",
        batchSize: null,
        steps: 9,
      },
      features: { lossAtStart: 3 },
      schedule: { kind, rate: 0.1 } as never,
      scheduleKind: kind,
      ...(runId === undefined && { label: `our ${kind}` }),
      baseRate: 0.1,
      transferRate: 0.1,
      seed,
      role,
      outcome: {
        finalTrainLoss: toJsonNumber(loss),
        bestTrainLoss: "NaN",
        tailTrainLoss: toJsonNumber(loss),
        ...(seed % 2 === 0 && { finalValidationLoss: toJsonNumber(loss * 2), accuracy: 0.5 }),
        diverged: !Number.isFinite(loss),
        gradientEvaluations: 9,
        seconds: seed,
      },
      at: "2026-11-24T12:00:00.000Z",
    }),
  );

/** Sums in SQL and in code may differ in their last bits. */
const rounded = (cells: readonly EvidenceCell[]): unknown =>
  JSON.parse(JSON.stringify(cells.toSorted((a, b) => (a.cell < b.cell ? -1 : 1))), (_key, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(10)) : value,
  );
const folded = (rows: readonly Evidence[]): unknown =>
  rounded(cellsOf(rows).map(({ shipped: _shipped, ...cell }) => cell as EvidenceCell));

const rows = [
  ...[1, 2, 3].map((seed) => row({ seed, role: "tuning" })),
  ...[4, 5, 6, 7].map((seed) => row({ seed, role: "evaluation", ...(seed === 6 && { loss: Infinity }) })),
  row({ seed: 1, kind: "linear" }),
];

it("folds rows in SQL as the code folds them, whatever comes when", async () => {
  expect(await db.evidence.add(rows.slice(0, 3))).toBe(3);
  const first = await db.evidence.changes(0);
  expect(rounded(first.changed)).toEqual(folded(rows.slice(0, 3)));
  expect(await db.evidence.add([...rows, ...rows])).toBe(5);
  const second = await db.evidence.changes(first.version);
  expect(second.version).toBeGreaterThan(first.version);
  expect(rounded(second.changed)).toEqual(folded(rows));
  expect(await db.evidence.changes(second.version)).toEqual({ version: second.version, changed: [], gone: [] });
});

it("tells of cells that are gone with their run", async () => {
  const run = await newRun(db);
  const before = await db.evidence.changes(0);
  await db.evidence.settle(run.id, row({ seed: 1, kind: "constant", runId: run.id }));
  const settled = await db.evidence.changes(before.version);
  expect(settled.changed).toMatchObject([
    { scheduleKind: "constant", runIds: [run.id], label: null, sources: ["run"] },
  ]);
  await db.evidence.settle(run.id, null);
  const after = await db.evidence.changes(settled.version);
  expect(after).toMatchObject({ changed: [], gone: [settled.changed[0]!.cell] });
});

it("counts once what many write at once", async () => {
  const many = Array.from({ length: 30 }, (_, seed) => row({ seed, kind: "wsd" }));
  const added = await Promise.all([many, many.toReversed(), many].map((batch) => db.evidence.add(batch)));
  expect(added.reduce((sum, n) => sum + n, 0)).toBe(30);
  const { changed } = await db.evidence.changes(0);
  expect(changed.find(({ scheduleKind }) => scheduleKind === "wsd")!.all.count).toBe(30);
});

it("gives pages by row and by cell, and all of them", async () => {
  const walk = async (by: "byRow" | "byCell", limit: number): Promise<Evidence[]> => {
    const found: Evidence[] = [];
    for (let cursor: string | undefined, more = true; more;) {
      const page = await db.evidence[by]({ family: "f" }, { limit, cursor });
      found.push(...page.rows);
      cursor = page.next ?? undefined;
      more = page.next !== null;
    }
    return found;
  };
  const byRow = await walk("byRow", 7);
  expect(new Set(byRow.map(({ id }) => id)).size).toBe(byRow.length);
  expect(byRow).toHaveLength(38);
  expect(new Set((await walk("byCell", 1)).map(({ id }) => id))).toEqual(new Set(byRow.map(({ id }) => id)));
  expect(byRow.find(({ id }) => id === rows[5]!.id)).toEqual(JSON.parse(JSON.stringify(rows[5])));
});
