import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compareMetrics,
  parseSearch,
  readCompareSearch,
  readRunSearch,
  readRunsSearch,
  readSubmitSearch,
  runOrders,
  runTabs,
  stringifySearch,
  xAxes,
} from "../src/state/search.ts";

const ids = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 5 });
const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const word = fc.string({ minLength: 1, maxLength: 20 });

const present = (search: object): object =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

/** What a page reads after its state went through the address bar. */
const roundTrip = <Search extends object>(read: (raw: Record<string, unknown>) => Search, search: object): Search =>
  read(parseSearch(stringifySearch(search as Record<string, unknown>)));

describe("state in the URL", () => {
  it("survives the address bar: runs", () => {
    fc.assert(
      fc.property(
        fc.record({
          q: optional(word),
          schedule: optional(word),
          order: optional(fc.constantFrom(...runOrders)),
          selected: optional(ids),
        }),
        (search) => {
          expect(roundTrip(readRunsSearch, search)).toEqual(present(search));
        },
      ),
    );
  });

  it("survives the address bar: comparison", () => {
    fc.assert(
      fc.property(
        fc.record({
          runs: optional(ids),
          base: optional(fc.uuid()),
          x: optional(fc.constantFrom(...xAxes)),
          metric: optional(fc.constantFrom(...compareMetrics)),
          log: optional(fc.constant(true as const)),
          smooth: optional(fc.double({ min: 0, max: 1e6, noNaN: true })),
        }),
        (search) => {
          const read = roundTrip(readCompareSearch, search);
          expect(read).toEqual({ ...present(search), ...(Object.is(read.smooth, 0) ? { smooth: 0 } : {}) });
        },
      ),
    );
  });

  it("survives the address bar: a draft of a run", () => {
    fc.assert(
      fc.property(fc.json(), (spec) => {
        expect(roundTrip(readSubmitSearch, { spec })).toEqual({ spec });
      }),
    );
  });

  it("reads well", () => {
    expect(stringifySearch({ metric: "train/loss", runs: ["a", "b"], log: true, q: "", x: undefined })).toBe(
      "?metric=train/loss&runs=a,b&log=1",
    );
    expect(stringifySearch({})).toBe("");
  });

  it("takes what it does not understand as absent", () => {
    const raw = { status: "running,asleep", order: "best", tab: "secrets", smooth: "-2", log: "yes" };
    expect(readRunsSearch(raw)).toEqual({ status: ["running"] });
    expect(readRunSearch(raw)).toEqual({});
    expect(readRunSearch({ tab: runTabs[1] })).toEqual({ tab: "series" });
  });

  it("takes a zoom only whole and the right way round", () => {
    expect(readRunSearch({ from: "10", to: "20" })).toEqual({ from: 10, to: 20 });
    expect(readRunSearch({ from: "20", to: "10" })).toEqual({});
    expect(readRunSearch({ from: "20" })).toEqual({});
  });

  it("keeps no smoothing apart from unchosen smoothing", () => {
    expect(roundTrip(readRunSearch, { smooth: 0 })).toEqual({ smooth: 0 });
    expect(roundTrip(readRunSearch, {})).toEqual({});
  });
});
