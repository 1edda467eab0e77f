import { randomStream } from "@etude/catalog";
import { median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import {
  bootstrapInterval,
  criticalDifference,
  friedman,
  holm,
  medianIntervals,
  midranks,
  pairedLogRatios,
  performanceProfiles,
  signedRank,
  wilson,
  worstLogRatio,
} from "../../src/statistics/index.ts";

describe("Wilcoxon's signed rank", () => {
  it("gives the published answer for Hollander and Wolfe's depression data", () => {
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const test = signedRank(before.map((value, i) => value - after[i]!));
    expect(test).toMatchObject({ statistic: 40, n: 9, method: "exact" });
    expect(test.p).toBeCloseTo(0.0390625, 12);
  });

  it("counts ties and zeros out by hand", () => {
    // |d| = 1, 1, 2 has ranks 1.5, 1.5, 3; of the 8 signs, sums 0 and 6 are as far out as 6.
    expect(signedRank([1, 0, 1, 2])).toEqual({ statistic: 6, n: 3, p: 0.25, method: "exact" });
    // Sums as far out as 4.5: 0, 1.5, 1.5 and their mirrors 6, 4.5, 4.5.
    expect(signedRank([1, -1, 2]).p).toBeCloseTo(6 / 8, 12);
    expect(signedRank([0, 0]).p).toBe(1);
  });

  it("agrees with the exact answer where the normal one takes over", () => {
    const random = randomStream(3, "test");
    const differences = Array.from({ length: 26 }, () => random.normal() + 0.4);
    const [normal, exact] = [signedRank(differences), signedRank(differences.slice(0, 25))];
    expect([normal.method, exact.method]).toEqual(["normal", "exact"]);
    // n = 26, all positive: z = (351/2 − ½) / √(26·27·53/24), p = 8.8e-06 (continuity-corrected).
    expect(signedRank(Array.from({ length: 26 }, (_, i) => i + 1)).p).toBeCloseTo(8.8e-6, 7);
    expect(Math.abs(normal.p - exact.p)).toBeLessThan(0.1);
  });

  it("ranks a divergence last and refuses NaN", () => {
    expect(signedRank([-1, -2, Infinity]).statistic).toBe(3);
    expect(() => signedRank([1, Number.NaN])).toThrow("NaN");
  });
});

it("adjusts by Holm as by hand, in the order given", () => {
  expect(holm([0.04, 0.01, 0.03, 0.005])).toEqual([0.06, 0.03, 0.06, 0.02]);
  expect(holm([0.5, 0.9])).toEqual([1, 1]);
});

it("gives Wilson's interval", () => {
  // 0 of 10: [0, z² / (n + z²)].
  expect(wilson(0, 10)[0]).toBe(0);
  expect(wilson(0, 10)[1]).toBeCloseTo(0.277533, 5);
  expect(wilson(63, 70)).toEqual([expect.closeTo(0.80767, 4), expect.closeTo(0.95071, 4)]);
  expect(wilson(0, 0)).toEqual([0, 1]);
});

describe("Friedman and Nemenyi", () => {
  it("gives the critical difference of Demšar's example, 4 classifiers on 14 data sets (JMLR 2006)", () => {
    expect(criticalDifference(4, 14)).toBeCloseTo(1.25, 2);
  });

  it("averages ranks and corrects χ² for ties, by hand", () => {
    // Ranks 1.5 1.5 3 and 1 2 3: means 1.25, 1.75, 3; χ² = n Σ(R̄ − 2)² / (Σ(r − 2)² / (n(k − 1))) = 3.25 / (3.5 / 4).
    const { meanRanks, statistic } = friedman([
      [1, 1, 2],
      [1, 2, 3],
    ]);
    expect(meanRanks).toEqual([1.25, 1.75, 3]);
    expect(statistic).toBeCloseTo(3.25 / 0.875, 12);
  });

  it("finds χ² = n(k − 1) where all agree", () => {
    const { statistic, p } = friedman([1, 2, 3, 4].map((n) => [n, 2 * n, Infinity]));
    expect(statistic).toBeCloseTo(8, 12);
    expect(p).toBeCloseTo(Math.exp(-4), 9);
    expect(friedman([0, 0].map(() => [1, 1])).p).toBe(1);
    expect(() => friedman([[1, 2]])).toThrow("at least 2 problems");
  });

  it("has the q of the printed tables", () => {
    for (const [k, q] of [
      [2, 1.96],
      [5, 2.728],
      [10, 3.164],
    ] as const) {
      expect(criticalDifference(k, 20) / Math.sqrt((k * (k + 1)) / 120)).toBeCloseTo(q, 2);
    }
  });
});

describe("bootstrap", () => {
  const options = { draws: 2000, seed: 1, confidence: 0.9 };
  const random = randomStream(7, "test");
  const values = Array.from({ length: 20 }, () => random.normal());

  it("gives the same interval for the same seed, around the statistic", () => {
    const interval = bootstrapInterval(values, median, options);
    expect(interval).toEqual(bootstrapInterval(values, median, options));
    expect(interval[0]).toBeLessThan(median(values));
    expect(interval[1]).toBeGreaterThan(median(values));
  });

  it("takes the median of ranks drawn once as the median of drawn values", () => {
    const [even, odd] = [values, values.slice(1)];
    expect(medianIntervals(20, options)(even)).toEqual(
      bootstrapInterval(
        even.toSorted((a, b) => a - b),
        median,
        options,
      ),
    );
    expect(medianIntervals(19, options)(odd)).toEqual(
      bootstrapInterval(
        odd.toSorted((a, b) => a - b),
        median,
        options,
      ),
    );
    expect(() => medianIntervals(20, options)(odd)).toThrow("expected 20 values; got 19");
  });

  it("covers the median of a normal about as often as it says", () => {
    const intervalOf = medianIntervals(20, { ...options, draws: 500 });
    const hits = Array.from({ length: 400 }, () => intervalOf(Array.from({ length: 20 }, () => random.normal())));
    const covered = hits.filter(([low, high]) => low <= 0 && high >= 0).length / hits.length;
    expect(covered).toBeGreaterThan(0.84);
    expect(covered).toBeLessThan(0.96);
  });
});

it("shares ranks among equals", () => {
  expect(midranks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
});

it("counts what lies within a ratio of the best, never for Infinity", () => {
  const [first, second] = performanceProfiles([
    [1, 2],
    [3, 3],
    [Infinity, 5],
    [4, 2],
  ]);
  expect(first).toEqual({ ratios: [1, 2], shares: [0.5, 0.75] });
  expect(second).toEqual({ ratios: [1, 2], shares: [0.75, 1] });
});

it("keeps divergence in the ratios and floors losses", () => {
  const ratios = pairedLogRatios([Infinity, 1, Infinity, 1e-9, 2], [Infinity, Number.NaN, 1, 1e-12, 1], 1e-6);
  expect(ratios).toEqual([0, -worstLogRatio, worstLogRatio, 0, Math.log(2)]);
});
