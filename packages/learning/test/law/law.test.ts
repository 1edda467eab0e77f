import { describe, expect, it } from "vitest";
import { fitLaw, LawError, type LossCurve, predictLaw } from "../../src/law/index.ts";
import { evaluateLaw, logParameters } from "../../src/law/multi-power-law.ts";
import { rateProfile } from "../../src/law/rate-profile.ts";
import { known, madeCurve, plain, shapes } from "./made-curves.ts";

describe("the law", () => {
  it.each(["authors", "post-warmup"] as const)("sums over every update in the convention %s", (convention) => {
    const steps = 400;
    const rates = Array.from({ length: steps + 1 }, (_, t) => (t <= 40 ? (0.1 * t) / 40 : shapes.cosine(t / steps)));
    const { L0, A, alpha, B, C, beta, gamma } = known;
    const area = rates.reduce<number[]>((sums, rate, t) => [...sums, (sums[t - 1] ?? 0) + rate], []);
    let loss = L0 + A * area[steps]! ** -alpha;
    for (let k = convention === "authors" ? 1 : 41; k <= steps; k++) {
      const sum = area[steps]! - area[k - 1]!;
      loss -= B * (rates[k - 1]! - rates[k]!) * (1 - (1 + C * rates[k]! ** -gamma * sum) ** -beta);
    }
    const step = Array.from({ length: steps - 39 }, (_, i) => i + 40);
    const curve = {
      name: "made",
      rate: { step, value: step.map((t) => rates[t]!) },
      loss: { step: [steps], value: [1] },
    };
    expect(predictLaw({ convention, warmup: "linear" }, known, curve)[0]).toBeCloseTo(loss, 3);
  });

  it("has the derivatives that differences give", () => {
    const curve = madeCurve("wsd");
    const profile = rateProfile(curve, { warmup: 100, from: -1, blocks: 50 });
    const theta = logParameters(known);
    const rows = profile.area.length;
    const [loss, high, low] = [0, 0, 0].map(() => new Float64Array(rows)) as [Float64Array, Float64Array, Float64Array];
    const jacobian = new Float64Array(rows * 7);
    evaluateLaw(theta, profile, loss, jacobian);
    for (let i = 0; i < 7; i++) {
      evaluateLaw(
        theta.map((value, k) => value + (k === i ? 1e-5 : 0)),
        profile,
        high,
      );
      evaluateLaw(
        theta.map((value, k) => value - (k === i ? 1e-5 : 0)),
        profile,
        low,
      );
      for (const row of [0, 50, rows - 1]) {
        expect(jacobian[row * 7 + i]).toBeCloseTo((high[row]! - low[row]!) / 2e-5, 6);
      }
    }
  });

  it("predicts a schedule that it was not fitted to", () => {
    const law = fitLaw([madeCurve("constant", { noise: 1e-3 }), madeCurve("cosine", { noise: 1e-3, seed: 2 })], plain);
    const unseen = madeCurve("wsd");
    const predicted = predictLaw(law, law.parameters, unseen);
    const errors = Array.from(predicted, (loss, i) => Math.abs(loss / unseen.loss.value[i]! - 1));
    expect(Math.max(...errors)).toBeLessThan(0.01);
  });

  it("takes curves with a row for every step", () => {
    const dense = (name: keyof typeof shapes): LossCurve =>
      madeCurve(name, { rows: 20_000, steps: 20_000, noise: 0.05 });
    const law = fitLaw([dense("constant"), dense("cosine")], plain);
    const unseen = madeCurve("wsd", { steps: 20_000 });
    const predicted = predictLaw(law, law.parameters, unseen);
    expect(Math.max(...predicted.map((loss, i) => Math.abs(loss / unseen.loss.value[i]! - 1)))).toBeLessThan(0.02);
  });

  it("finds the same law again, and the warmup that was hidden", () => {
    const curves = [madeCurve("constant"), madeCurve("cosine"), madeCurve("wsd")];
    expect(fitLaw(curves, plain)).toEqual(fitLaw(curves, plain));
    const short = curves.map((curve) => ({
      ...curve,
      loss: { ...curve.loss, value: Array.from(predictLaw({ ...plain, warmup: 40 }, known, curve)) },
    }));
    expect(fitLaw(short, { ...plain, warmup: "fit" }).warmup).toBeCloseTo(40, -1.3);
  });
});

describe("a fit is refused", () => {
  const cut = (curve: LossCurve, rows: number): LossCurve => ({
    ...curve,
    loss: { step: Array.from(curve.loss.step).slice(0, rows), value: Array.from(curve.loss.value).slice(0, rows) },
  });
  const broken = (value: number): LossCurve => {
    const curve = madeCurve("wsd");
    return { ...curve, loss: { ...curve.loss, value: Array.from(curve.loss.value).with(4, value) } };
  };
  const { loss, rate } = madeCurve("constant");
  const rising = {
    name: "rising",
    loss,
    rate: { step: rate.step, value: Array.from(rate.step, (step) => step / 1e5) },
  };
  it.each([
    ["on one curve", [madeCurve("cosine")], "too-few-curves", "got one: cosine"],
    ["on none", [], "too-few-curves", "got none"],
    [
      "without a decay",
      [madeCurve("constant"), madeCurve("constant", { steps: 3000 })],
      "not-identified",
      "No run decays",
    ],
    ["on one schedule", [madeCurve("wsd"), madeCurve("wsd", { noise: 0.01 })], "not-identified", "one schedule"],
    ["on few rows", [madeCurve("constant"), cut(madeCurve("wsd"), 5)], "invalid-curve", "wsd: has 5 rows"],
    ["on a warmup only", [madeCurve("wsd"), rising], "invalid-curve", "rising: has 1 rows after its warmup"],
    ["on NaN", [madeCurve("constant"), broken(Number.NaN)], "invalid-curve", "row 5: loss"],
    [
      "on a loss of 0",
      [madeCurve("constant"), broken(0)],
      "invalid-curve",
      "row 5: loss must be a number above 0; got 0",
    ],
  ])("%s", (_, curves, code, says) => {
    const attempt = (): unknown => fitLaw(curves);
    expect(attempt).toThrow(LawError);
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(says) as string }));
  });
});
