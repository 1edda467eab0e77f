import { createHash } from "node:crypto";
import { ZodError } from "zod";
import { describe, expect, it } from "vitest";
import { checkPlan, freezePlan, studyProblems } from "../../src/study/index.ts";
import { readSuiteFiles } from "../../src/suite/read-files.node.ts";
import { smallPlan } from "./plan.ts";

/** Returns what a plan is refused for, path and message. */
function refusals(plan: unknown): string[] {
  try {
    freezePlan(plan);
    return [];
  } catch (error) {
    if (!(error instanceof ZodError)) throw error;
    return error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  }
}

describe("a frozen plan", () => {
  it("has the SHA-256 of its canonical text, whatever the order of the keys", () => {
    const plan = smallPlan();
    const { hash, text } = freezePlan(plan);
    expect(hash).toBe(createHash("sha256").update(text).digest("hex"));
    expect(freezePlan(Object.fromEntries(Object.entries(plan).toReversed())).hash).toBe(hash);
    expect(freezePlan(JSON.parse(text)).hash).toBe(hash);
    expect(freezePlan(smallPlan({ name: "other" })).hash).not.toBe(hash);
  });
});

describe("a plan is refused", () => {
  const plan = smallPlan();
  const quick = plan.protocols["quick"]!;
  const withQuick = (more: object) => smallPlan({ protocols: { quick: { ...quick, ...more } } });

  it("without a control, and says what to do", () => {
    const entrants = plan.entrants.map((entrant) => ({ ...entrant, control: false }));
    expect(refusals({ ...plan, entrants })).toEqual([expect.stringContaining("needs a control: mark one")]);
  });

  it("with one seed, or too few", () => {
    expect(refusals(withQuick({ tuningSeeds: [1] }))).toEqual([
      "protocols.quick.tuningSeeds: needs at least 2 seeds: a rate chosen on one seed is chosen by chance",
    ]);
    expect(refusals(withQuick({ evaluationSeeds: [101], untuned: null }))).toEqual([
      expect.stringContaining("needs at least 20 seeds"),
    ]);
  });

  it("with seeds that tune and judge", () => {
    expect(refusals(withQuick({ tuningSeeds: [1, 105] }))).toEqual([expect.stringContaining("105 tune already")]);
    expect(refusals(withQuick({ untuned: { factors: [1], seeds: [1, 2] } }))).toEqual([
      expect.stringContaining("must be evaluation seeds"),
    ]);
  });

  it("with names that point nowhere", () => {
    expect(refusals(smallPlan({ anchor: "cosin" }))).toEqual([
      "anchor: must be one of cosine, linear, greedy, prodigy; got cosin",
    ]);
    const claims = [{ ...plan.claims![0]!, candidates: ["nobody"] }];
    expect(refusals(smallPlan({ claims }))).toEqual([expect.stringContaining("nobody")]);
    expect(refusals(withQuick({ entrants: ["greedy"] }))).toHaveLength(2);
  });

  it("with a rate in a schedule", () => {
    const entrants = [...plan.entrants, { ...plan.entrants[1]!, id: "fast", settings: [{ kind: "linear", rate: 1 }] }];
    expect(refusals({ ...plan, entrants })).toEqual([expect.stringContaining("the study chooses the rate")]);
  });
});

describe("a plan that does not fit the suite", async () => {
  const suite = studyProblems(await readSuiteFiles());
  const plan = smallPlan();
  const defectsOf = (more: Parameters<typeof smallPlan>[0]) => checkPlan(freezePlan(smallPlan(more)).plan, suite);

  it("is fine when it fits", () => expect(defectsOf({})).toEqual([]));

  it("names an unknown problem and the known ones", () => {
    const [defect] = defectsOf({
      problems: [{ ...plan.problems[0]!, problem: "quadratic-loud" }, plan.problems[1]!],
    });
    expect(defect).toContain("quadratic-loud is not one of quadratic-noisy");
  });

  it("names a schedule that is none, and parts that do not go together", () => {
    const entrants = (settings: { kind: string }[], optimizers = {}) => [
      ...plan.entrants,
      { id: "odd", title: "odd", role: "candidate" as const, settings, optimizers },
    ];
    expect(defectsOf({ entrants: entrants([{ kind: "greedi" }]) })).toEqual([expect.stringContaining('got "greedi"')]);
    expect(defectsOf({ entrants: entrants([{ kind: "line-search" }]) })).toEqual([
      expect.stringContaining("entrants.odd.settings.0 on valley: optimizer adam cannot run under"),
    ]);
  });
});
