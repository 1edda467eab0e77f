import { readFileSync } from "node:fs";
import { convertSchedule, ScheduleSpec, traceCase } from "@etude/catalog";
import { describe, expect, test } from "vitest";

interface Case {
  readonly library: string;
  readonly scheduler: string;
  readonly kwargs: Record<string, unknown>;
  readonly base_lr: number;
  readonly metrics?: number[];
  readonly lr: number[];
  /** The library gives no rate after these: it raises, or turns negative. */
  readonly ends?: boolean;
}

const read = (file: string): Case[] =>
  JSON.parse(readFileSync(new URL(`../reference/${file}`, import.meta.url), "utf8")) as Case[];

/** Returns the steps whose rates differ from the reference's. */
const differing = (lr: readonly number[], reference: readonly number[]): number[] =>
  reference.flatMap((rate, step) => (Math.abs(lr[step]! - rate) <= 1e-9 * Math.abs(rate) + 1e-15 ? [] : [step]));

describe.each(["pytorch-schedules.json", "transformers-schedules.json"])("%s", (file) => {
  const cases = read(file);
  test.each(cases.map((one, index) => [index, one.scheduler, JSON.stringify(one.kwargs), one] as const))(
    "%i %s %s",
    (_, __, ___, one) => {
      const { lr } = traceCase(one);
      expect(lr).toHaveLength(one.lr.length);
      expect(differing(lr, one.lr)).toEqual([]);
    },
  );

  test("every case is a schedule of ours with the same trace", () => {
    for (const one of cases) {
      const { schedule } = convertSchedule(one);
      expect(ScheduleSpec.parse(JSON.parse(JSON.stringify(schedule)))).toEqual(schedule);
      const { lr } = traceCase({ schedule, steps: one.lr.length, metrics: one.metrics });
      expect(differing(lr, one.lr)).toEqual([]);
    }
  });
});

describe("random configurations, run by the libraries' own code", () => {
  const cases = read("random-schedules.json");
  const nameOf = ({ library, scheduler }: Case): string => `${library}: ${scheduler}`;

  test.each([...new Set(cases.map(nameOf))])("%s", (name) => {
    for (const one of cases.filter((one) => nameOf(one) === name)) {
      const kwargs = JSON.stringify(one.kwargs);
      expect(differing(traceCase(one).lr, one.lr), kwargs).toEqual([]);
      if (!one.ends) continue;
      const longer = { ...one, lr: undefined, metrics: undefined, steps: one.lr.length + 1 };
      expect(() => traceCase(longer), kwargs).toThrow(expect.objectContaining({ code: "past-end" }));
    }
  });
});
