import { bindSchedule, ScheduleSpec } from "@etude/catalog";
import { describe, expect, it } from "vitest";
import { refineSchedule } from "../../src/law/index.ts";

const steps = 500;
const norms = (at: (t: number) => number) => {
  const step = Array.from({ length: steps }, (_, t) => t);
  return { step, value: step.map(at) };
};
const pointsOf = (column: ReturnType<typeof norms>, update: "sgd" | "adam" = "sgd") => {
  const spec = ScheduleSpec.parse(refineSchedule(column, { peak: 0.2, steps, update }));
  if (spec.kind !== "piecewise") throw new Error(`got ${spec.kind}`);
  return spec.points;
};

describe("the refinement from gradient norms", () => {
  it("is linear decay to 0 for equal norms", () => {
    for (const { at, rate } of pointsOf(norms(() => 3))) expect(rate).toBeCloseTo(0.2 * (1 - at / steps), 2);
  });

  it("does not depend on the scale of the norms, nor on a single spike", () => {
    const falling = (t: number): number => 2 - t / steps;
    const plain = pointsOf(norms(falling));
    const spiked = pointsOf(norms((t) => 1000 * (t === 200 ? 50 : falling(t))));
    for (const [i, { rate }] of plain.entries()) expect(spiked[i]!.rate).toBeCloseTo(rate, 3);
    expect(Math.max(...plain.map(({ rate }) => rate))).toBeCloseTo(0.2, 12);
  });

  it("goes by the formula of the paper", () => {
    const norm = (t: number): number => 1 + t / 250;
    for (const [update, power] of [
      ["sgd", -2],
      ["adam", -1],
    ] as const) {
      const weights = Array.from({ length: steps }, (_, t) => norm(t) ** power);
      const rates = weights.map((w, t) => w * weights.slice(t + 1).reduce((sum, one) => sum + one, 0));
      // Away from the ends, which the median filter sees reflected, the median of a line is the line.
      const points = pointsOf(norms(norm), update).filter(({ at }) => at > 30 && at < steps - 30);
      const middle = points[points.length >> 1]!;
      for (const { at, rate } of points) {
        expect(rate / middle.rate).toBeCloseTo(rates[Math.floor(at)]! / rates[Math.floor(middle.at)]!, 1);
      }
    }
  });

  it("caps the weight of an end where the gradient vanishes", () => {
    const points = pointsOf(norms((t) => (t < 400 ? 1 : 1e-6)));
    const early = points.filter(({ at }) => at < 300).map(({ rate }) => rate);
    expect(Math.min(...early)).toBeGreaterThan(0.2 / 40);
  });

  it("binds to a run", () => {
    const schedule = ScheduleSpec.parse(
      refineSchedule(
        norms((t) => 2 - t / steps),
        { peak: 0.2, steps, update: "sgd" },
      ),
    );
    const bound = bindSchedule(schedule, { horizon: steps, groups: ["all"], stepsPerEpoch: 10 });
    expect(bound).toBeDefined();
  });

  it.each([
    ["few norms", { step: [0, 1], value: [1, 1] }, "at least 10 gradient norms; the run has 2"],
    ["a diverged run", norms((t) => (t > 400 ? Number.NaN : 1)), "The gradient norm at step 401 is NaN"],
    ["norms of 0", norms(() => 0), "All gradient norms are 0"],
  ])("is refused on %s", (_, column, says) => {
    expect(() => refineSchedule(column, { peak: 1, steps, update: "sgd" })).toThrow(says);
  });
});
