import { scheduleCatalogue, ScheduleSpec } from "@etude/catalog";
import { describe, expect, it } from "vitest";
import { faultsOf, parseDraft, stepsOf, withField } from "../src/form/draft.ts";
import { controlOf, fieldsOf, readText, writeText, type JsonSchema } from "../src/form/schema.ts";
import { outlineOf } from "../src/schedule/outline.ts";
import { previewOf } from "../src/schedule/preview.ts";

const draft = {
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "sgd" },
  schedule: { kind: "cosine", rate: 0.1 },
  budget: { steps: 100 },
};

describe("forms from schemas", () => {
  it("has a control for every parameter of every schedule, following references", () => {
    for (const { kind, parameters } of scheduleCatalogue()) {
      const controls = new Map(fieldsOf(parameters as JsonSchema).map(({ name, schema }) => [name, controlOf(schema)]));
      if (controls.has("rate")) expect(controls.get("rate"), kind).toBe("json");
      expect([controls.get("warmup"), controls.get("tail")], kind).toEqual(["group", "group"]);
    }
  });

  it("reads back what it wrote", () => {
    const values = [
      ["number", 1e-7],
      ["numbers", [64, 32]],
      ["json", { ofBound: 0.5 }],
      ["json", 0.1],
      ["json", null],
      ["text", "a name"],
    ] as const;
    for (const [control, value] of values) expect(readText(control, writeText(control, value))).toEqual(value);
    expect(readText("number", " ")).toBeUndefined();
  });

  it("keeps what it cannot read as text, so that validation can name it", () => {
    expect(readText("number", "0.1x")).toBe("0.1x");
    const faults = faultsOf({ ...draft, batchSize: readText("number", "lots") });
    expect(faults.map(({ path }) => path)).toEqual(["batchSize"]);
  });

  it("names the field of each fault by its path", () => {
    expect(faultsOf(draft)).toEqual([]);
    expect(faultsOf({ ...draft, schedule: { kind: "cosine", rate: -1 } }).map(({ path }) => path)).toContain(
      "schedule.rate",
    );
  });

  it("reads drafts from the URL and steps from drafts", () => {
    expect(parseDraft(JSON.stringify(draft))).toEqual(draft);
    expect(parseDraft("[1]")).toBeUndefined();
    expect(parseDraft("{oops")).toBeUndefined();
    expect(stepsOf(draft)).toBe(100);
    expect(stepsOf({ ...draft, budget: { epochs: 3 } })).toBeUndefined();
    expect(withField({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
  });
});

describe("drawing schedules", () => {
  it("draws the example of every kind", () => {
    // A replay draws a recorded run, which the browser does not have.
    for (const { kind, example } of scheduleCatalogue().filter(({ kind }) => kind !== "replay")) {
      expect(outlineOf(ScheduleSpec.parse(example), 500)?.path, kind).toMatch(/^M[\d.]+ [\d.]+[HL]/);
    }
  });

  it("draws half a cosine from the peak to the floor", () => {
    const { curve, firstRate } = previewOf(ScheduleSpec.parse({ kind: "cosine", rate: 0.4 }), 1000, 10);
    expect(firstRate).toBe(0.4);
    expect(curve!.steps.at(-1)).toBe(999);
    expect(curve!.max[0]).toBe(0.4);
    expect(curve!.values.at(-1)).toBeLessThan(1e-5);
  });

  it("draws a rate of a single step among thousands", () => {
    const part = (steps: number | undefined, rate: number) => ({ steps, schedule: { kind: "constant", rate } });
    const schedule = ScheduleSpec.parse({
      kind: "sequence",
      parts: [part(4000, 0.1), part(1, 1), part(undefined, 0.1)],
    });
    const heights = outlineOf(schedule, 10_000)!
      .path.slice(1)
      .split("L")
      .map((point) => Number(point.split(" ")[1]));
    expect(Math.min(...heights)).toBe(2);
    expect(heights.filter((height) => height < 10)).toHaveLength(1);
  });

  it("leaves out what it cannot draw", () => {
    const { example } = scheduleCatalogue().find(({ kind }) => kind === "replay")!;
    expect(outlineOf(ScheduleSpec.parse(example), 500)).toBeUndefined();
  });

  it("says that a schedule reacts instead of inventing its curve", () => {
    const greedy = ScheduleSpec.parse({ kind: "greedy", rate: 0.1 });
    expect(previewOf(greedy, 100, 10).curve).toBeUndefined();
    expect(outlineOf(greedy, 100)?.reactive).toBe(true);
  });
});
