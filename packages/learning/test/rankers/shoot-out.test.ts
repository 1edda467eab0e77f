import { describe, expect, it } from "vitest";
import { cellsOf, shootOut, taskTable } from "../../src/index.ts";
import { evidence, type Trial } from "../evidence/some-evidence.ts";

const kinds = ["linear", "cosine", "constant", "wsd", "one-cycle"] as const;

/** Families a, b, c; `loss` says what a schedule reaches on a task's evaluation seeds, tuning is truthful unless told. */
function tableOf(loss: (family: string, kind: string) => number, tuned = loss) {
  const trials = ["a", "b", "c"].flatMap((family) =>
    ["1", "2"].flatMap((n) =>
      kinds.flatMap((kind): Trial[] => [
        { task: family + n, family, schedule: { kind, rate: 1 }, seed: 1, role: "tuning", loss: tuned(family, kind) },
        {
          task: family + n,
          family,
          schedule: { kind, rate: 1 },
          seed: 9,
          role: "evaluation",
          loss: loss(family, kind),
        },
      ]),
    ),
  );
  return taskTable(cellsOf(trials.map(evidence)));
}
const entry = (result: ReturnType<typeof shootOut>, name: string) => result.entries.find((one) => one.name === name)!;

describe("a shoot-out", () => {
  it("finds what is good on every family, and sees no task of the family that it judges", () => {
    const result = shootOut(
      tableOf((_family, kind) => (kind === "wsd" ? 1 : 2)),
      { k: 1 },
    );
    expect(result).toMatchObject({ tasks: 6, families: 3, shapes: 5, k: 1 });
    expect(entry(result, "fixed-list")).toMatchObject({ geometricMean: 1, worst: 1 });
    expect(entry(result, "random-list").geometricMean).toBeGreaterThan(1.2);
    const odd = shootOut(
      tableOf((family, kind) => (kind === (family === "a" ? "constant" : "wsd") ? 1 : 2)),
      { k: 1 },
    );
    const onA = entry(odd, "fixed-list").tasks.filter(({ family }) => family === "a");
    expect(onA.map(({ regret, winner }) => [regret, winner])).toEqual([
      [2, "wsd"],
      [2, "wsd"],
    ]);
  });

  it("picks the winner on tuning seeds and shows an oracle's pick apart", () => {
    const table = tableOf(
      (_family, kind) => (kind === "wsd" ? 1 : kind === "linear" ? 1.5 : 4),
      (_family, kind) => (kind === "linear" ? 1 : 2),
    );
    const { tasks } = entry(shootOut(table, { k: 2 }), "fixed-list");
    for (const task of tasks) {
      expect(new Set(task.list)).toEqual(new Set(["wsd", "linear"]));
      expect(task).toMatchObject({ winner: "linear", regret: 1.5, oracle: 1 });
    }
  });

  it("judges one schedule on a finer grid beside them, and counts it as the best where it is", () => {
    const table = tableOf(() => 2);
    const finer = tableOf(() => 1);
    const always = new Map([["wsd", finer.map((row) => ({ ...row, arms: new Map([...row.arms].slice(0, 1)) }))]]);
    const result = shootOut(table, { k: 2, always });
    expect(entry(result, "always-wsd")).toMatchObject({ geometricMean: 1, conditioned: null });
    expect(entry(result, "fixed-list").geometricMean).toBeCloseTo(2);
    expect(entry(result, "always-wsd").againstFixed.ratio).toBeCloseTo(0.5);
  });

  it("keeps the fixed list unless a ranker that looks at the task beats it", () => {
    expect(
      shootOut(
        tableOf((_family, kind) => (kind === "wsd" ? 1 : 2)),
        { k: 1 },
      ).best,
    ).not.toMatch(/nearest|portfolio|quantile/);
  });

  it("is refused with one family", () => {
    const one = tableOf(() => 1).filter(({ task }) => task.family === "a");
    expect(() => shootOut(one)).toThrow(/two families with more than 3 schedules each; got a/);
  });
});
