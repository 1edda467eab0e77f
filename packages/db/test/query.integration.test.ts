import { Problem } from "@etude/contracts";
import { createDatabase } from "@etude/db";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { claimNext, newRun, points, range, recorderOf } from "./support.ts";

const { url, pool } = await withDatabase();
const db = createDatabase({ url });
afterAll(() => db.close());

/** Twelve runs: run i starts at loss 1 + i and falls to 1 over 3000 steps; even ones are greedy. */
const count = 12;
const n = 3000;
const names = range(count).map((i) => `run ${i}`);
const ids: string[] = [];
const lossOf = (run: number, step: number): number => Math.fround(1 + run * (1 - step / (n - 1)));

beforeAll(async () => {
  for (const [i, name] of names.entries()) {
    const greedy = i % 2 === 0;
    const run = await newRun(db, {
      name,
      seed: i,
      model: { kind: "mlp", hidden: [8 * (i + 1), 4] },
      schedule: greedy ? { kind: "greedy", rate: 0.01 * (i + 1) } : { kind: "constant", rate: 0.01 * (i + 1) },
      tags: i < 3 ? { team: "north", "a.b-c": "it's" } : { team: "south" },
    });
    ids.push(run.id);
    const recorder = await recorderOf(db, await claimNext(db, run.id));
    recorder.push([
      points("train/loss", range(n), (step) => lossOf(i, step)),
      points("learning-rate", range(n), (step) => (i === 5 && step === 1500 ? 7 : 0.01 * (i + 1))),
      points("odd", [1, 2, 4, 8], (step) => (step === 4 ? Number.NaN : i === 3 && step === 8 ? Infinity : step)),
    ]);
    await recorder.flush();
    const summary = {
      steps: n,
      seconds: i,
      stepsPerSecond: 10,
      finalValidationLoss: i === 7 ? ("NaN" as const) : i / 10,
      bestAccuracy: 1 - i / 100,
    };
    if (i < 10) await db.runs.finish(run.id, 1, { outcome: i === 9 ? "failed" : "completed", summary });
  }
});

const found = async (query: string, more: { select?: string[]; limit?: number } = {}) =>
  db.queries.runs({ query, runs: false, limit: 100, ...more });
/** The numbers of the runs that match, ascending. */
const matching = async (query: string): Promise<number[]> =>
  (await found(query)).ids.map((id) => ids.indexOf(id)).sort((a, b) => a - b);
const all = range(count);

describe("filters", () => {
  test.each<[string, (i: number) => boolean]>([
    ["", () => true],
    ["schedule.kind = 'greedy'", (i) => i % 2 === 0],
    ["not schedule.kind = 'greedy' and seed >= 4", (i) => i % 2 === 1 && i >= 4],
    ["seed is null or status in ('completed', 'failed')", (i) => i < 10],
    ["status = 'failed' or name = 'run 11'", (i) => i === 9 || i === 11],
    ["name like 'RUN 1%'", (i) => i === 1 || i >= 10],
    ["spec.model.hidden[0] = 32", (i) => i === 3],
    ["model.hidden[0] between 16 and 32", (i) => i >= 1 && i <= 3],
    ["spec.schedule.rate * 100 > 5.5", (i) => i >= 5],
    ["spec.nothing.here = 1", () => false],
    ["spec.nothing.here is null", () => true],
    ["spec.seed = spec.seed", () => true],
    ["tags.team = 'north'", (i) => i < 3],
    ["tags.\"a.b-c\" = 'it''s'", (i) => i < 3],
    ["tags.team != 'north'", (i) => i >= 3],
    ["tags.team like 'no%' or tags.nobody = 'x'", (i) => i < 3],
    ["summary.finalValidationLoss < 0.3", (i) => i < 3],
    ["summary.bestAccuracy >= 0.95", (i) => i <= 5],
    ["summary.stepsPerSecond = 10 and summary.seconds = 2", (i) => i === 2],
    ["endedAt is not null", (i) => i < 10],
    ["createdAt > '2020-01-01' and createdAt < '2120-01-01T00:00:00Z'", () => true],
    ["value('train/loss', 1000) < 4", (i) => lossOf(i, 1000) < 4],
    ["value('train/loss', 2999) = 1", () => true],
    ["value('train/loss', 0.5) is null", () => true],
    ["anyAbove('learning-rate', 0.125)", (i) => i === 5],
    ["max('learning-rate') > 0.125 and maxStep('learning-rate') = 1500", (i) => i === 5],
    ["anyBelow('train/loss', 1.001)", () => true],
    ["mean('train/loss') < 3.1", (i) => 1 + i / 2 < 3.1],
    ["decile(area('train/loss')) = 1", (i) => i < 2],
    ["decile(area('train/loss'), schedule.kind) = 1", (i) => i < 2],
    ["decile(-area('train/loss')) = 1", (i) => i > 9],
    ["firstBelow('train/loss', 2) = 0", (i) => i <= 1],
    ["firstAbove('learning-rate', 5) = 1500", (i) => i === 5],
    ["count('odd') = 4 and nonFinite('odd') = 2", (i) => i === 3],
    ["last('odd') = Infinity", (i) => i === 3],
    ["last('train/loss') - min('train/loss') = 0 and log10(0) is null", () => true],
    ["last('no/such') > 1", () => false],
    ["last('no/such') is null", () => true],
    ["1 / (seed - 3) > 0", (i) => i > 3],
  ])("%s", async (query, wanted) => {
    expect(await matching(query)).toEqual(all.filter(wanted));
    expect(await db.queries.count({ query })).toBe(all.filter(wanted).length);
  });

  test("the first step below and above is the one that the points tell", async () => {
    const targets = [1.5, 3.25, 6, 100];
    const select = targets.flatMap((target) => [
      `firstBelow('train/loss', ${target})`,
      `firstAbove('train/loss', ${target})`,
      `firstBelow('odd', ${target})`,
    ]);
    const { values } = await found(`order by seed`, { select });
    for (const [t, target] of targets.entries()) {
      const first = (is: (value: number) => boolean, run: number) =>
        range(n).find((step) => is(lossOf(run, step))) ?? null;
      expect(values[3 * t]).toEqual(all.map((run) => first((value) => value <= target, run)));
      expect(values[3 * t + 1]).toEqual(all.map((run) => first((value) => value >= target, run)));
      expect(values[3 * t + 2]).toEqual(all.map(() => [1, 2, 8].find((value) => value <= target) ?? null));
    }
  });

  test("selected values keep their kinds, and what is not finite", async () => {
    const select = [
      "last('odd')",
      "value('odd', 4)",
      "schedule",
      "name",
      "createdAt",
      "seed = 3",
      "spec.model.hidden[1]",
    ];
    const { values } = await found("seed = 3", { select });
    const column = values.map(([value]) => value);
    expect(column.slice(0, 4)).toEqual([
      "Infinity",
      "NaN",
      expect.objectContaining({ kind: "constant", rate: 0.04 }),
      "run 3",
    ]);
    expect(column.slice(5)).toEqual([true, 4]);
    expect(Date.parse(column[4] as string)).toBeGreaterThan(Date.parse("2020-01-01"));
  });
});

describe("pages", () => {
  test.each([
    "",
    "order by name desc",
    "order by spec.schedule.rate desc",
    "order by spec.model",
    "order by summary.finalValidationLoss",
    "order by summary.finalValidationLoss desc, seed",
    "order by schedule.kind, max('learning-rate') desc, last('odd')",
    "order by value('odd', 4), endedAt desc",
    "order by decile(area('train/loss')) desc",
  ])("'%s' comes whole, without repeats, in the order of one page", async (query) => {
    const whole = (await found(query)).ids;
    expect(whole).toHaveLength(count);
    const paged: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await db.queries.runs({ query, runs: true, limit: 5, cursor });
      expect(page.runs?.map(({ id }) => id)).toEqual(page.ids);
      paged.push(...page.ids);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(whole);
  });

  test("runs that appear meanwhile shift nothing, and a cursor belongs to its query", async () => {
    const query = "order by max('train/loss')";
    const first = await db.queries.runs({ query, runs: false, limit: 4 });
    await newRun(db, { name: "later" });
    const second = await db.queries.runs({ query, runs: false, limit: 4, cursor: first.next ?? "" });
    expect([...first.ids, ...second.ids].map((id) => ids.indexOf(id))).toEqual(range(8));
    await db.runs.remove((await found("name = 'later'")).ids[0] ?? "").catch(() => undefined);
    const other = db.queries.runs({ query: "seed > 0", runs: false, limit: 4, cursor: first.next ?? "" });
    await expect(other).rejects.toThrow(/another query/);
    await expect(db.queries.runs({ query, runs: false, limit: 4, cursor: "rubbish" })).rejects.toThrow(Problem);
    await pool.query("delete from run where name = 'later'");
  });

  test("ids restrict, the text's limit counts, and a deleted run is gone", async () => {
    const some = [ids[4]!, ids[2]!, "00000000-0000-7000-8000-000000000000"];
    expect((await db.queries.runs({ query: "order by seed", ids: some, runs: false, limit: 9 })).ids).toEqual([
      ids[2],
      ids[4],
    ]);
    expect((await found("order by seed limit 2")).ids).toEqual(ids.slice(0, 2));
  });
});

describe("texts from anywhere", () => {
  const nasty = fc.oneof(
    fc.string({ maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          "'",
          "''",
          '"',
          "; drop table run; --",
          "$1",
          "$$",
          "\\",
          "/*",
          "*/",
          "\u0000",
          "name",
          "=",
          "and",
          "or",
          "(",
          ")",
          "value('train/loss', 1)",
          "1e999",
          "-",
          "/",
          "in",
          "like",
          "tags.",
          "[0]",
          "order by",
          "limit 3",
          "null",
          "NaN",
          "'x'",
        ),
        { maxLength: 10 },
      )
      .map((words) => words.join(" ")),
  );

  test("are refused in our words or understood, and change nothing", async () => {
    const before = (await pool.query("select count(*)::int as n from run")).rows[0].n;
    await fc.assert(
      fc.asyncProperty(nasty, nasty, async (query, select) => {
        await found(query, { select: [select] }).catch((error: unknown) => expect(error).toBeInstanceOf(Problem));
      }),
      { numRuns: 300 },
    );
    expect((await pool.query("select count(*)::int as n from run")).rows[0].n).toBe(before);
  });

  test("a value is a value, whatever it holds", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 40, unit: "binary" }), async (text) => {
        const quoted = `'${text.replaceAll("'", "''")}'`;
        const { values } = await found("seed = 1", { select: [quoted] }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Problem);
          return { values: [[text]] };
        });
        expect(values[0]?.[0]).toBe(text);
      }),
      { numRuns: 200 },
    );
  });
});
