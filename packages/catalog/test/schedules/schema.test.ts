import { scheduleCatalogue, scheduleKinds, ScheduleSpec, type ScheduleInput } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { z } from "zod";

interface Schema {
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, { readonly const?: string; readonly default?: unknown }>>;
  readonly required?: readonly string[];
  readonly $defs?: Readonly<Record<string, Schema>>;
}

describe.each(["input", "output"] as const)("the schema of the %s", (io) => {
  const text = JSON.stringify(z.toJSONSchema(ScheduleSpec, { io }));
  const union = (JSON.parse(text) as Schema).$defs!["ScheduleSpec"]!.oneOf!;

  test("has every kind once", () => {
    expect(union.map(({ properties }) => properties!["kind"]!.const)).toEqual(scheduleKinds);
  });

  test("lets every kind have a warmup and a tail", () => {
    for (const { properties } of union)
      expect(Object.keys(properties!)).toEqual(expect.arrayContaining(["warmup", "tail"]));
  });

  test("asks for what has a default only where it was filled in", () => {
    const cosine = union.find(({ properties }) => properties!["kind"]!.const === "cosine")!;
    expect(cosine.required!.includes("minRate")).toBe(io === "output");
  });
});

test("parsing fills the defaults and is stable", () => {
  for (const { example } of scheduleCatalogue()) {
    const once = ScheduleSpec.parse(example);
    expect(ScheduleSpec.parse(once)).toEqual(once);
    expect(ScheduleSpec.parse(JSON.parse(JSON.stringify(once)))).toEqual(once);
  }
});

test("every schedule has words, and an example of its own kind", () => {
  for (const { kind, doc, example, title } of scheduleCatalogue()) {
    for (const text of [title, ...Object.values(doc)]) expect(text).toMatch(/\S/);
    expect((example as ScheduleInput).kind).toBe(kind);
  }
});
