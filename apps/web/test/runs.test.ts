import { ScheduleSpec } from "@etude/catalog";
import { type Run, RunSpec } from "@etude/contracts";
import { EtudeError } from "@etude/sdk";
import { describe, expect, it } from "vitest";
import { describeError, isPassing, needsLogin, problemOf } from "../src/api/problem.ts";
import { positionOf, spanAt } from "../src/components/smoothing.ts";
import { rateText, scheduleText, scoreOf } from "../src/format/run.ts";
import { groupBySettings } from "../src/study-groups.ts";
import { nameOf } from "../src/state/hotkeys.ts";

let made = 0;
function run(spec: object): Run {
  const parsed = RunSpec.parse({
    dataset: { kind: "digits" },
    model: { kind: "mlp" },
    optimizer: { kind: "sgd" },
    schedule: { kind: "constant", rate: 0.1 },
    budget: { steps: 100 },
    ...spec,
  });
  made += 1;
  return { id: `run-${made}`, spec: parsed, summary: null } as unknown as Run;
}

describe("words for runs", () => {
  it.each([
    [{ kind: "cosine", rate: 0.05 }, "cosine", "0.05"],
    [{ kind: "constant", rate: { ofBound: 0.9 }, warmup: { steps: 5 } }, "warmup + constant", "0.9 × bound"],
    [{ kind: "step", rate: 1, every: 10, tail: { fraction: 0.1 } }, "step + tail", "1"],
    [{ kind: "wsd", rate: 0.2 }, "wsd", "0.2"],
    [{ kind: "sequence", parts: [{ schedule: { kind: "constant", rate: 3 } }] }, "sequence", "3"],
  ])("%o is %s at %s", (input, words, rate) => {
    const schedule = ScheduleSpec.parse(input);
    expect(scheduleText(schedule)).toBe(words);
    expect(rateText(schedule)).toBe(rate);
  });

  it("scores a run by its summary, before that by its series", () => {
    const going = run({});
    const series = [{ key: "validation/loss", last: 0.5, min: 0.4 }] as never;
    expect(scoreOf(going, series)).toMatchObject({ validationLoss: 0.5, bestValidationLoss: 0.4, accuracy: undefined });
    const over = { ...going, summary: { finalValidationLoss: "NaN", bestValidationLoss: 0.3 } } as never;
    expect(scoreOf(over, series).validationLoss).toBeNaN();
    expect(scoreOf(over, series).bestValidationLoss).toBe(0.3);
  });
});

describe("groups of a study", () => {
  it("holds together what differs in seed, name and tags only", () => {
    const groups = groupBySettings([
      run({ seed: 1, name: "a" }),
      run({ seed: 1, schedule: { kind: "cosine", rate: 0.1 } }),
      run({ seed: 2, name: "b", tags: { x: "y" } }),
      run({ seed: 1, batchSize: 16 }),
    ]);
    expect(groups.map(({ label, runs }) => [label, runs.length])).toEqual([
      ["constant 0.1", 2],
      ["cosine 0.1", 1],
      ["constant 0.1", 1],
    ]);
  });

  it("names the model when it differs", () => {
    const labels = groupBySettings([run({}), run({ model: { kind: "cnn" } })]).map(({ label }) => label);
    expect(labels).toEqual(["mlp constant 0.1", "cnn constant 0.1"]);
  });
});

describe("errors in words", () => {
  const refused = new EtudeError({
    code: "validation_failed",
    status: 400,
    title: "The request does not fit its schema",
    detail: "1 thing is wrong",
    remedy: "Look at errors.",
    errors: [{ path: "schedule.kind", message: "unknown", allowed: ["constant", "cosine"] }],
  });

  it("names title, remedy, path and what is allowed", () => {
    expect(describeError(refused)).toEqual({
      title: "The request does not fit its schema",
      detail: "1 thing is wrong",
      remedy: "Look at errors.",
      issues: [{ path: "schedule.kind", message: "unknown (allowed: constant, cosine)" }],
    });
    expect(needsLogin(refused)).toBe(false);
  });

  it("shows a failure while a page has nothing else to show, and keeps what it has through a passing one", () => {
    const failed = new Error("away");
    expect(problemOf({ data: undefined, error: null, failureReason: failed })).toBe(failed);
    expect(problemOf({ data: [], error: null, failureReason: failed })).toBeNull();
    expect(problemOf({ data: [], error: failed, failureReason: failed })).toBe(failed);
  });

  it("asks again only when that may help", () => {
    const withStatus = (status: number) => new EtudeError({ code: "x", status, title: "", detail: "", remedy: "" });
    expect([0, 429, 500, 503].every((status) => isPassing(withStatus(status)))).toBe(true);
    expect([400, 401, 404, 409].some((status) => isPassing(withStatus(status)))).toBe(false);
    expect(isPassing(new Error("ours"))).toBe(false);
  });

  it("has words for anything thrown", () => {
    expect(describeError(new TypeError("x is undefined"))).toMatchObject({ detail: "x is undefined" });
    expect(describeError("odd").remedy).not.toBe("");
  });
});

describe("controls", () => {
  it("moves the smoothing slider there and back", () => {
    for (const span of [0, 1, 10, 100, 1000]) expect(spanAt(positionOf(span))).toBeCloseTo(span, 0);
    expect(positionOf(1e6)).toBe(1);
    expect(spanAt(0.5)).toBe(32);
  });

  it("names keys as bindings write them", () => {
    expect(nameOf({ key: "k", ctrlKey: true, metaKey: false })).toBe("mod+k");
    expect(nameOf({ key: "K", ctrlKey: false, metaKey: true })).toBe("mod+k");
    expect(nameOf({ key: "?", ctrlKey: false, metaKey: false })).toBe("?");
    expect(nameOf({ key: "Enter", ctrlKey: false, metaKey: false })).toBe("Enter");
  });
});
