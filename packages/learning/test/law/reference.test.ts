import { describe, expect, it } from "vitest";
import { advise, type LawReport, predictLaw, reportLaw } from "../../src/law/index.ts";
import { testAccuracy } from "../../src/law/accuracy.ts";
import { referenceCurves, testFiles, trainFiles } from "./reference-curves.ts";

describe.each(["25M", "100M"] as const)("the published curves of %s", (size) => {
  const train = referenceCurves(size, trainFiles);
  const test = referenceCurves(size, testFiles);
  const { law, report } = reportLaw(train, test);

  it("are predicted as well as by their authors", () => {
    expect(report.test?.meanRelativeError).toBeLessThan(size === "25M" ? 0.00115 : 0.0014);
    expect(report.test?.meanRelativeErrorNewRows).toBeLessThan(0.0025);
    expect(report.test?.curves.map(({ file, rows }) => [file, rows])).toEqual(
      test.map(({ name, loss }) => [name, loss.step.length]),
    );
  });

  it("are predicted far better than by a law that does not know of the rate", () => {
    const of = ({ test }: Pick<LawReport, "test">) => test?.meanRelativeError ?? Number.NaN;
    expect(of(report)).toBeLessThan(of(report.control) / 3);
  });

  it("leave single parameters unidentified", () => {
    expect(report.intervals.L0.identified).toBe(true);
    expect(report.intervals.C.identified).toBe(false);
    for (const [name, { low, high }] of Object.entries(report.intervals)) {
      const value = report.parameters[name as keyof typeof report.parameters];
      expect(value).toBeGreaterThanOrEqual(low);
      expect(value).toBeLessThanOrEqual(high);
    }
  });

  it("lead to a schedule like warmup, stable, decay, predicted to beat every common one", () => {
    const { schedule, predictedLoss, compared, extrapolated } = advise(law, report, { train, test }, { steps: 24_000 });
    expect(predictedLoss.value).toBeLessThan(Math.min(...Object.values(compared)));
    expect(extrapolated).toBe(false);
    const rates = (schedule as { points: { at: number; rate: number }[] }).points.map(({ rate }) => rate);
    expect(rates[0]).toBeCloseTo(3e-4, 8);
    expect(rates.at(-1)).toBeCloseTo(3e-5, 7);
  });
});

it("has the published parameters predict about the published error", () => {
  const parameters = { L0: 2.651, A: 0.601, alpha: 0.453, B: 437.9, C: 2.132, beta: 0.598, gamma: 0.655 };
  const law = { convention: "authors", warmup: "linear" } as const;
  const { meanRelativeError } = testAccuracy(
    (curve) => predictLaw(law, parameters, curve),
    referenceCurves("100M", testFiles),
    [],
  );
  // 0.00142 with every digit of the parameters; L₀ alone is rounded by up to 0.0002 of the loss.
  expect(Math.abs(meanRelativeError - 0.00142)).toBeLessThan(0.0002);
});
