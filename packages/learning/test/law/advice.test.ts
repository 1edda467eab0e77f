import { ScheduleSpec } from "@etude/catalog";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advise, doubtOf, relianceOf, reportLaw, spreadOf } from "../../src/law/index.ts";
import { madeCurve, plain } from "./made-curves.ts";

const train = [madeCurve("constant", { noise: 1e-3 }), madeCurve("cosine", { noise: 1e-3, seed: 2 })];
const { law, report } = reportLaw(train, [], plain);
const curves = { train, test: [] };

describe("an optimised schedule", () => {
  it("never rises after its warmup and stays within the rates that were used", () => {
    const asked = fc.record({
      steps: fc.integer({ min: 200, max: 20_000 }),
      knots: fc.integer({ min: 16, max: 64 }),
      warmupSteps: fc.integer({ min: 0, max: 199 }),
    });
    fc.assert(
      fc.property(asked, (options) => {
        const advice = advise(law, report, curves, options);
        const schedule = ScheduleSpec.parse(advice.schedule);
        if (schedule.kind !== "piecewise") throw new Error(`got ${schedule.kind}`);
        const { points, warmup } = schedule;
        expect(points.every(({ rate }, i) => rate <= (points[i - 1]?.rate ?? 0.1) && rate >= 0.01)).toBe(true);
        expect(points.every(({ at }, i) => at > (points[i - 1]?.at ?? -1))).toBe(true);
        expect((warmup?.steps ?? 0) + points.at(-1)!.at).toBe(options.steps);
        expect(advice.extrapolated).toBe(false);
        expect(advice.predictedLoss.value).toBeLessThanOrEqual(Math.min(...Object.values(advice.compared)));
      }),
      { numRuns: 8 },
    );
  });

  it("takes narrower limits, and wider ones only to extrapolate", () => {
    const narrow = advise(law, report, curves, { steps: 2000, peak: 0.05, floor: 0.02 });
    expect([narrow.peak, narrow.floor]).toEqual([expect.closeTo(0.05, 4), expect.closeTo(0.02, 4)]);
    const wide = { steps: 2000, peak: 0.2, floor: 0.001 };
    expect(() => advise(law, report, curves, wide)).toThrow(/The peak 0.2 is not within .* 0.01\d* to 0.1/);
    expect(() => advise(law, report, curves, { steps: 2000, floor: 0.001 })).toThrow("The floor 0.001 is not within");
    expect(advise(law, report, curves, { ...wide, extrapolate: true }).extrapolated).toBe(true);
    expect(() => advise(law, report, curves, { steps: 2000, peak: 0.02, floor: 0.03 })).toThrow("below the peak");
    expect(() => advise(law, report, curves, { steps: 100, warmupSteps: 100 })).toThrow("shorter than the run");
  });

  it("is refused where the law errs by more than the spread of seeds", () => {
    const other = madeCurve("wsd", { parameters: { ...law.parameters, L0: 2 * law.parameters.L0 } });
    const judged = reportLaw(train, [other], plain).report;
    expect(() => advise(law, judged, { train, test: [other] }, { steps: 2000 })).toThrow(
      /errs by \d+ % on the held-out curves, more than the spread of seeds of .* % \(estimated from the detrended last 20 %/,
    );
  });
});

it("is refused where the law is no better than its control, or promises a loss below 0", () => {
  const { error } = relianceOf(report, train);
  const doubt = doubtOf({ error, control: error, on: "train", spread: { value: 1, basis: "seeds" } });
  expect(doubt).toMatch(/no less than a law that does not know of the rate/);
  const low = { ...law, parameters: { ...law.parameters, L0: 1e-3, B: 1000 } };
  expect(() => advise(low, report, curves, { steps: 2000 })).toThrow(/predicts a final loss of -\d+, below 0/);
});

describe("the spread of seeds", () => {
  it("is measured where a schedule was run under several seeds", () => {
    const seeds = [1, 2, 3].map((seed) => madeCurve("cosine", { noise: 0.01, seed }));
    const spread = spreadOf([...train, ...seeds]);
    expect(spread.basis).toBe("seeds");
    expect(spread.value).toBeGreaterThan(0.001);
    expect(spread.value).toBeLessThan(0.02);
  });

  it("is estimated from the noise of curves otherwise, whatever their trend", () => {
    const quiet = spreadOf([madeCurve("constant"), madeCurve("wsd")]);
    expect(quiet.basis).toBe("detrended");
    expect(quiet.value).toBeLessThan(1e-4);
    const { value } = spreadOf([madeCurve("constant", { noise: 0.01 }), madeCurve("wsd")]);
    expect(value).toBeGreaterThan(0.04);
    expect(value).toBeLessThan(0.15);
  });

  it("does not count one curve twice as two seeds", () => {
    expect(spreadOf([train[0]!, { ...train[0]!, name: "copy" }]).basis).toBe("detrended");
  });

  it("leaves a good law without a doubt", () => {
    expect(doubtOf(relianceOf(report, train))).toBeUndefined();
  });
});
