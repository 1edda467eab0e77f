import { randomStream } from "@etude/catalog";
import type { Evidence } from "@etude/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cellsOf, rankers, type Ranker, recommend, type TaskRow, taskTable } from "../../src/index.ts";
import { evidence } from "../evidence/some-evidence.ts";

const tasks = ["a", "b", "c", "d", "e"];
const kinds = ["wsd", "cosine", "linear", "constant", "one-cycle"] as const;

interface Drawn {
  readonly losses: readonly number[];
  readonly starts: readonly number[];
}
const seeds = 3;
const rates = [0.01, 0.1];
const trainings = tasks.length * kinds.length * rates.length * seeds;
// Losses on a grid: a change that is strictly increasing must be so in floating point too.
const drawn: fc.Arbitrary<Drawn> = fc.record({
  losses: fc.array(
    fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 1, max: 5000 }).map((n) => n / 500) }, fc.constant(Infinity)),
    {
      minLength: trainings,
      maxLength: trainings,
    },
  ),
  starts: fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 5, maxLength: 5 }),
});

/** Every schedule at two rates with three seeds on every task. */
function corpus({ losses, starts }: Drawn, change: (loss: number) => number = (loss) => loss, scale = 1): Evidence[] {
  let next = 0;
  return tasks.flatMap((task, t) =>
    kinds.flatMap((kind) =>
      rates.flatMap((rate) =>
        Array.from({ length: seeds }, (_, seed) =>
          evidence({
            task,
            schedule: { kind, rate } as never,
            seed,
            loss: change(losses[next++]!),
            optimizer: t % 2 === 0 ? "sgd" : "adam",
            features: { lossAtStart: starts[t]! * scale, logN: t },
          }),
        ),
      ),
    ),
  );
}

/** The new task is the last one; the past is the rest. */
function ranked(ranker: Ranker, rows: readonly TaskRow[]): string[] {
  const task = rows.find((row) => row.task.id === "e")!;
  const past = rows.filter((row) => row !== task);
  const { uniform: random } = randomStream(1, "test");
  return ranker.rank({ past, task, candidates: [...task.arms.keys()].toSorted(), k: 3, random });
}
const allRanked = (rows: readonly Evidence[], which: (ranker: Ranker) => boolean = () => true) => {
  const table = taskTable(cellsOf(rows));
  return rankers.filter(which).map((ranker) => [ranker.name, ranked(ranker, table)]);
};
const asked = (rows: readonly Evidence[]) => {
  const { task, features } = rows.at(-1)!;
  return { task, features, spec: null };
};

describe("what evidence says", () => {
  it("does not depend on its order", () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 0, max: 2 ** 31 }), (values, seed) => {
        const rows = corpus(values);
        const { uniform } = randomStream(seed, "shuffle");
        const shuffled = rows.map((row) => ({ row, key: uniform() })).toSorted((a, b) => a.key - b.key);
        const other = shuffled.map(({ row }) => row);
        expect(allRanked(other)).toEqual(allRanked(rows));
        expect(recommend(asked(rows), taskTable(cellsOf(other)), { k: 3 })).toEqual(
          recommend(asked(rows), taskTable(cellsOf(rows)), { k: 3 }),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("counts a training once that was delivered twice", () => {
    fc.assert(
      fc.property(drawn, fc.integer({ min: 0, max: trainings - 1 }), (values, again) => {
        const rows = corpus(values);
        const twice = [...rows, rows[again]!, rows[again]!];
        expect(cellsOf(twice)).toEqual(cellsOf(rows));
      }),
      { numRuns: 30 },
    );
  });

  it("gives a cell with more seeds another spread and no other weight", () => {
    fc.assert(
      fc.property(drawn, (values) => {
        const rows = corpus(values);
        // Every loss of one cell again under new seeds: the same median, three times the trainings.
        const target = rows[0]!.cell;
        const more = rows
          .filter(({ cell }) => cell === target)
          .flatMap((row) =>
            [10, 20].map((shift) =>
              evidence({
                task: row.task.id,
                schedule: row.schedule as never,
                seed: row.seed + shift,
                loss: Number(row.outcome.finalTrainLoss),
                features: row.features,
              }),
            ),
          );
        const [before, after] = [cellsOf(rows), cellsOf([...rows, ...more])];
        expect(after).toHaveLength(before.length);
        expect(after.find(({ cell }) => cell === target)!.all.count).toBe(3 * seeds);
        expect(allRanked([...rows, ...more])).toEqual(allRanked(rows));
      }),
      { numRuns: 30 },
    );
  });

  it("is the same to rankers by rank after a strictly increasing change of the loss", () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 0.3, max: 3, noNaN: true }), (values, power) => {
        const byRank = (ranker: Ranker): boolean => ranker.reads === "ranks";
        const changed = corpus(values, (loss) => (loss === Infinity ? loss : 5 + loss ** power));
        expect(allRanked(changed, byRank)).toEqual(allRanked(corpus(values), byRank));
      }),
      { numRuns: 30 },
    );
  });

  it("is the same to rankers by regret in another unit of the loss", () => {
    fc.assert(
      fc.property(drawn, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (values, c) => {
        const byRegret = (ranker: Ranker): boolean => ranker.reads === "regrets";
        expect(
          allRanked(
            corpus(values, (loss) => c * loss, c),
            byRegret,
          ),
        ).toEqual(allRanked(corpus(values), byRegret));
      }),
      { numRuns: 30 },
    );
  });
});
