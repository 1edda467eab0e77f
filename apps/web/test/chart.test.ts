import { describe, expect, it } from "vitest";
import { alignTraces, visibleTraces } from "../src/chart/aligned.ts";
import { exactCurve } from "../src/chart/curve.ts";
import { assignStyles, preferredSlot, styleOfSlot } from "../src/chart/palette.ts";
import { marksOf } from "../src/chart/marks.ts";
import type { Plot, Trace } from "../src/chart/types.ts";
import { Pace } from "../src/live/pace.ts";

const trace = (id: string, look: Trace["look"], steps: number[], values: number[], xFactor = 1): Trace => {
  const curve = exactCurve(Float64Array.from(steps), Float64Array.from(values));
  return { id, label: id, colour: "red", look, xFactor, curve: () => curve };
};
const plot = (traces: Trace[], scale: Plot["scale"] = "linear"): Plot => ({
  id: "p",
  title: "",
  height: "tall",
  scale,
  traces,
});
const align = (p: Plot, range: [number, number], width: number) => alignTraces(visibleTraces(p, range, width), p.scale);

describe("what the chart library is given", () => {
  it("puts series of different steps on one axis, leaving lines whole across steps they lack", () => {
    const [x, train, high, low, validation] = align(
      plot([trace("train", "raw", [0, 1, 2, 3], [4, 3, 2, 1]), trace("val", "dots", [1, 3], [9, 8])]),
      [0, 3],
      100,
    );
    expect(x).toEqual([0, 1, 2, 3]);
    expect(train).toEqual([4, 3, 2, 1]);
    expect(high).toEqual([null, null, null, null]);
    expect(low).toEqual([null, null, null, null]);
    expect(validation).toEqual([undefined, 9, undefined, 8]);
  });

  it("shows a spike of one step as the upper edge of the band", () => {
    const steps = Array.from({ length: 5000 }, (_, i) => i);
    const values = steps.map((step) => (step === 3210 ? 99 : 1));
    const [x, main, high, low] = align(plot([trace("rate", "band", steps, values)]), [0, 4999], 200);
    expect(x!.length).toBeLessThanOrEqual(202);
    expect(Math.max(...(high as number[]))).toBe(99);
    expect(Math.min(...(low as number[]))).toBe(1);
    expect(Math.max(...(main as number[]))).toBe(1);
  });

  it("breaks the line at values that cannot be drawn", () => {
    const odd = trace("loss", "line", [0, 1, 2, 3], [1, Number.NaN, 0, Number.POSITIVE_INFINITY]);
    expect(align(plot([odd]), [0, 3], 100)[1]).toEqual([1, null, 0, null]);
    expect(align(plot([odd], "log"), [0, 3], 100)[1]).toEqual([1, null, null, null]);
  });

  it("scales steps to the axis and cuts the range in its units", () => {
    const steps = Array.from({ length: 101 }, (_, i) => i);
    const [x] = align(plot([trace("a", "line", steps, steps, 0.5)]), [10, 12], 100);
    expect(x).toEqual([9.5, 10, 10.5, 11, 11.5, 12, 12.5]);
  });
});

describe("marks of decisions", () => {
  const levels = (values: number[]) =>
    exactCurve(
      Float64Array.from(values, (_, i) => i),
      Float64Array.from(values),
    );

  it("stand where the rate was raised or lowered", () => {
    expect(marksOf(levels([1, 1, 2, 2, 2 + 1e-9, 0.5]))).toEqual([
      { step: 2, value: 2, raised: true },
      { step: 5, value: 0.5, raised: false },
    ]);
  });

  it("are left out where the rate moves all the time", () => {
    expect(marksOf(levels(Array.from({ length: 500 }, (_, i) => 1 / (i + 1))))).toEqual([]);
  });
});

describe("colours", () => {
  const ids = Array.from({ length: 70 }, (_, i) => `0190f5c4-0000-7000-8000-0000000000${String(i).padStart(2, "0")}`);

  it("never gives two lines of up to 64 the same look", () => {
    const looks = [...assignStyles(ids.slice(0, 64)).values()].map(({ colour, dash }) => `${colour} ${dash.join(" ")}`);
    expect(new Set(looks).size).toBe(64);
  });

  it("keeps a run's colour when it stands alone or first", () => {
    for (const id of ids) {
      expect(assignStyles([id]).get(id)).toEqual(styleOfSlot(preferredSlot(id)));
      expect(assignStyles([id, ...ids.slice(0, 5)]).get(id)).toEqual(styleOfSlot(preferredSlot(id)));
    }
  });
});

describe("pace", () => {
  it("is steps over time within the last seconds", () => {
    const pace = new Pace();
    expect(pace.perSecond(0)).toBe(0);
    for (let i = 0; i <= 100; i += 1) pace.add(i * 40, i * 100);
    expect(pace.perSecond(10_000)).toBeCloseTo(400, 6);
  });

  it("falls to zero when nothing arrives, and forgets after a rewind", () => {
    const pace = new Pace();
    pace.add(0, 0);
    pace.add(100, 1000);
    expect(pace.perSecond(2000)).toBe(100);
    expect(pace.perSecond(9000)).toBe(0);
    pace.restart();
    pace.add(50, 9500);
    expect(pace.perSecond(9500)).toBe(0);
  });
});
