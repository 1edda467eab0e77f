import { describe, expect, it } from "vitest";
import { recordedCurve } from "../../src/law/index.ts";

const column = (length: number, at: (step: number) => number) => {
  const step = Array.from({ length }, (_, i) => i);
  return { step, value: step.map(at) };
};

describe("a recorded curve", () => {
  it("averages the loss over equal stretches, without the first 2 %", () => {
    const { loss } = recordedCurve(
      "a",
      column(10_000, () => 0.1),
      column(10_000, (t) => 5 + (t % 2)),
    );
    expect(loss.step).toHaveLength(200);
    expect(loss.step[0]).toBeGreaterThanOrEqual(200);
    expect(Array.from(loss.step).at(-1)).toBeLessThan(10_000);
    for (const value of Array.from(loss.value)) expect(value).toBeCloseTo(5.5, 1);
  });

  it.each([
    [100, 32],
    [1000, 61],
    [20_000, 200],
  ])("averages %i steps to %i rows", (steps, rows) => {
    const { loss } = recordedCurve(
      "a",
      column(steps, () => 0.1),
      column(steps, () => 1),
    );
    expect(loss.step).toHaveLength(rows);
  });

  it("keeps the corners of the rate and no more", () => {
    const { rate } = recordedCurve(
      "a",
      column(1000, (t) => (t < 500 ? 0.1 : 0.1 - (t - 499) * 1e-4)),
      column(1000, () => 1),
    );
    expect(rate.step).toEqual([0, 499, 999]);
    const wild = recordedCurve(
      "b",
      column(5000, (t) => 0.1 + 0.01 * Math.sin(t * t)),
      column(5000, () => 1),
    );
    expect(wild.rate.step.length).toBeLessThanOrEqual(1001);
    expect([wild.rate.step[0], Array.from(wild.rate.step).at(-1)]).toEqual([0, 4999]);
  });

  it("is refused where the run diverged", () => {
    const loss = column(100, (t) => (t < 40 ? 1 : Number.NaN));
    expect(() =>
      recordedCurve(
        "a",
        column(100, () => 0.1),
        loss,
      ),
    ).toThrow("a: at step 40 the loss is NaN");
  });
});
