import { describe, expect, it } from "vitest";
import { chooseDefault } from "../../src/study/choose-default.ts";
import { freezePlan } from "../../src/study/index.ts";
import {
  familyInterval,
  familyShare,
  headlineOf,
  isNotWorse,
  type PlacedComparison,
} from "../../src/study/headline.ts";
import { customary, judgeOf, type Verdict } from "../../src/study/verdict.ts";
import { smallPlan } from "./plan.ts";

const { plan } = freezePlan(smallPlan());
const judge = judgeOf(plan);
const twenty = (of: (i: number) => number): number[] => Array.from({ length: 20 }, (_, i) => of(i));
/** Twenty losses around a level, spread by ± `spread`. */
const around = (level: number, spread = 0): number[] => twenty((i) => level * (1 + spread * ((i % 10) / 4.5 - 1)));

describe("the verdict is the first that holds", () => {
  const cases: [string, number[], number[], Verdict][] = [
    ["2 % below for sure", around(0.98), around(1), "better"],
    ["half a per cent below is no better", around(0.995), around(1), "not-worse"],
    ["equal", around(1), around(1), "not-worse"],
    ["4 % above for sure is within 5 %", around(1.04), around(1), "not-worse"],
    ["6 % above for sure", around(1.06), around(1), "worse"],
    ["anywhere within 30 %", around(1, 0.3), around(1), "undecided"],
    ["both below the resolution", around(1e-9), around(1e-6), "not-worse"],
    ["both diverged", around(Infinity), around(Infinity), "not-worse"],
    ["it diverged", around(Infinity), around(1), "worse"],
    ["the other diverged", around(5), around(Infinity), "better"],
    [
      "it diverged in a quarter of the seeds and else is 2 % below",
      twenty((i) => (i % 4 === 0 ? Infinity : 0.98)),
      around(1),
      "better",
    ],
    ["it diverged in half of the seeds", twenty((i) => (i % 2 === 0 ? Infinity : 0.98)), around(1), "undecided"],
  ];
  for (const [name, mine, theirs, verdict] of cases) {
    it(`${name}: ${verdict}`, () => expect(judge(mine, theirs, 1e-3).verdict).toBe(verdict));
  }

  it("follows the margins of the plan", () => {
    const strict = judgeOf({ ...plan, margins: { ...plan.margins, notWorse: 0.01 } });
    expect(strict(around(1.04), around(1), 1e-3).verdict).toBe("worse");
  });
});

it("knows the customary rule and the paper's", () => {
  const one = judge(around(1.06), around(1), 1e-3);
  expect(customary(one, 0.01)).toBe("loss");
  expect(one.withinTenth).toBe(true);
  expect(customary(judge(around(1.005), around(1), 1e-3), 0.01)).toBe("tie");
  expect(customary(judge(around(0.9), around(1), 1e-3), 0.01)).toBe("win");
  expect(judge(around(1.2), around(1), 1e-3).withinTenth).toBe(false);
  expect(judge(around(Infinity), around(Infinity), 1e-3).withinTenth).toBe(true);
});

const placed = (family: string, baseline: string, verdict: Verdict, candidate = "greedy"): PlacedComparison => ({
  family,
  problem: `${family}-1`,
  regime: "tuned",
  candidate,
  baseline,
  verdict,
  median: 0,
  interval: [0, 0],
  p: 0.5,
  withinTenth: true,
});

describe("a headline", () => {
  const lines = [
    ...Array.from({ length: 9 }, () => placed("many", "cosine", "worse")),
    placed("few", "cosine", "better"),
    placed("few", "linear", "not-worse"),
    placed("third", "linear", "undecided"),
  ];

  it("gives every family the same weight", () => {
    expect(familyShare(lines, isNotWorse)).toBeCloseTo(1 / 3, 12);
    const line = headlineOf(plan, "greedy", lines)!;
    expect(line).toMatchObject({
      families: 3,
      comparisons: 12,
      counts: { better: 1, "not-worse": 1, worse: 9, undecided: 1 },
    });
    expect(line.byBaseline).toEqual({ cosine: 0.5, linear: 0.5 });
    expect(line.minimum.share).toBe(0.5);
    expect(headlineOf(plan, "greedy", [])).toBeUndefined();
  });

  it("resamples families, so that many comparisons of one do not narrow the interval", () => {
    const [low, high] = familyInterval(plan, lines, isNotWorse);
    expect([low, high]).toEqual([0, 1]);
  });
});

it("chooses the default on one half of the families and judges it on the other", () => {
  const families = ["a", "b", "c", "d"];
  // Linear wins everywhere; greedy only on a and c, which are one half.
  const comparisons = new Map([
    ["linear", families.map((family) => placed(family, "cosine", "better", "linear"))],
    ["cosine", families.map((family) => placed(family, "linear", "worse", "cosine"))],
    [
      "greedy",
      families.flatMap((family, i) => [
        placed(family, "cosine", i % 2 === 0 ? "better" : "worse"),
        placed(family, "linear", i % 2 === 0 ? "better" : "worse"),
      ]),
    ],
    ["prodigy", families.map((family) => placed(family, "cosine", "better", "prodigy"))],
  ]);
  const [first, second] = chooseDefault(plan, comparisons)!;
  expect(first).toMatchObject({ chosenOn: ["a", "c"], judgedOn: ["b", "d"], chosen: { pooled: 1 } });
  expect(["linear", "greedy"]).toContain(first!.chosen.entrant);
  expect(second).toMatchObject({ chosenOn: ["b", "d"], chosen: { entrant: "linear" }, judged: { pooled: 1 } });
  expect(second!.bestFixed.entrant).toBe("linear");
  expect(chooseDefault(plan, new Map([["linear", [placed("a", "cosine", "better")]]]))).toBeUndefined();
});
