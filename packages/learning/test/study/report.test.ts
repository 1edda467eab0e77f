import { describe, expect, it } from "vitest";
import { cliques } from "../../src/study/figures/critical-difference.ts";
import {
  drawFigures,
  executeCell,
  freezePlan,
  reportStudy,
  runStudy,
  studyMarkdown,
  studyProblems,
} from "../../src/study/index.ts";
import type { CellOutcome } from "../../src/study/index.ts";
import { collectResults, costToTarget, medianOf } from "../../src/study/results.ts";
import { readSuiteFiles } from "../../src/suite/read-files.node.ts";
import { smallPlan } from "./plan.ts";

const suite = studyProblems(await readSuiteFiles());
const frozen = freezePlan(smallPlan());
const outcomes = new Map<string, CellOutcome>();
await runStudy({
  plan: frozen.plan,
  suite,
  outcomes,
  parallel: 1,
  execute: (cells) => Promise.resolve(cells.map((cell) => executeCell(frozen.plan, suite, cell))),
});
const report = reportStudy(frozen, suite, outcomes);

describe("the report", () => {
  it("says the same for the same runs, in whatever order they came", () => {
    const shuffled = new Map([...outcomes].toReversed());
    expect(reportStudy(frozen, suite, shuffled)).toEqual(report);
  });

  it("survives JSON unchanged: no number in it is infinite", () => {
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("has a line for every entrant, fixed ones and controls too, tuned and untuned apart", () => {
    const entrants = report.headlines.tuned.train.map(({ entrant }) => entrant).toSorted();
    expect(entrants).toEqual(["cosine", "greedy", "linear", "prodigy"]);
    expect(report.headlines.untuned.train.map(({ entrant }) => entrant).toSorted()).toEqual(entrants);
    // Two problems, two baselines; a fixed schedule is not compared with itself. Untuned: at two factors.
    const comparisonsOf = (which: "tuned" | "untuned", id: string) =>
      report.headlines[which].train.find(({ entrant }) => entrant === id)!.comparisons;
    expect([comparisonsOf("tuned", "greedy"), comparisonsOf("tuned", "cosine")]).toEqual([4, 2]);
    expect(comparisonsOf("untuned", "greedy")).toBe(8);
    expect(report.claims.map(({ claim, rates }) => [claim, rates])).toEqual([
      ["greedy", "tuned"],
      ["greedy", "untuned"],
      ["faster", "tuned"],
      ["faster", "untuned"],
    ]);
  });

  it("measures costs to the anchor's loss on the same seed, so the anchor reaches it in the end", () => {
    const [noisy] = collectResults(frozen.plan, suite, outcomes);
    const anchors = noisy!.regimes.get("tuned")!.get("cosine")!;
    const costs = anchors.map((outcome) => costToTarget(outcome, noisy!.targets));
    expect(costs.every((cost) => cost > 0 && cost <= 30)).toBe(true);
    expect(costToTarget(anchors[0]!, new Map([[101, 0]]))).toBe(Infinity);
  });

  it("says in Markdown what holds, with plan hash, command and every problem", () => {
    const page = studyMarkdown(report, { command: "etude study run plan.json", figures: { ranks: "r.svg" } });
    for (const part of [
      frozen.hash,
      "etude study run plan.json",
      "![Mean ranks",
      "`noisy`",
      "`valley`",
      "Greedy is fine",
    ]) {
      expect(page).toContain(part);
    }
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    // Every row of a table has as many cells as its heading.
    for (const table of page.split("\n\n").filter((part) => part.startsWith("|"))) {
      expect(
        new Set(
          table
            .trim()
            .split("\n")
            .map((row) => row.split(" | ").length),
        ).size,
      ).toBe(1);
    }
  });

  it("draws figures of finite marks, with the titles of the entrants", () => {
    const figures = drawFigures(report, frozen.plan.figures);
    expect(Object.keys(figures)).toEqual(["ranks", "profiles", "untuned", "rates", "losses"]);
    for (const svg of Object.values(figures)) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(figures["rates"]).toContain(">cosine<");
    expect(figures["ranks"]).toContain("critical difference");
  });
});

it("takes medians where some never arrive", () => {
  expect(medianOf([1, Infinity, 3])).toBe(3);
  expect(medianOf([Infinity, Infinity])).toBe(Infinity);
  expect(medianOf([1, 2])).toBe(1.5);
});

it("joins what lies within the critical difference, the longest runs only", () => {
  expect(cliques([1, 1.5, 2.2, 4], 1)).toEqual([
    [0, 1],
    [1, 2],
  ]);
  expect(cliques([1, 5], 1)).toEqual([]);
  expect(cliques([1, 1.2, 1.4], 1)).toEqual([[0, 2]]);
});
