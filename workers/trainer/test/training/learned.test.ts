import { bindSchedule, type Json } from "@etude/catalog";
import { expect, test } from "vitest";
import { trainHere, valuesOf } from "../kit/in-process.ts";
import { nmf } from "../kit/nmf.ts";
import { spec } from "../kit/spec.ts";

test("a learned schedule moves the rate of a real training as its machine says", async () => {
  const training = spec({ schedule: { kind: "learned", rate: 0.003 }, budget: { steps: 80 }, seed: 3 });
  const run = await trainHere(training);
  const rates = valuesOf(run, "learning-rate");
  const losses = valuesOf(run, "train/loss");
  expect(new Set(rates).size).toBeGreaterThan(15);
  expect(Math.max(...rates)).toBeGreaterThan(0.001);
  expect(rates.at(-1)).toBeLessThan(0.2 * rates[63]!);
  expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]!);
  // It begins at a tenth of its rate.
  expect(rates[0]).toBeCloseTo(0.0003, 9);
});

test("with given weights that see the loss alone, the rates are exactly those of the pure machine", async () => {
  const policy = rising();
  const training = spec({ schedule: { kind: "learned", rate: 0.003, policy: id }, budget: { steps: 60 }, seed: 3 });
  const run = await trainHere(training, { policy });
  const bound = bindSchedule(training.schedule, { horizon: 60, groups: ["all"], stepsPerEpoch: 40, policy });
  let state = bound.start();
  const expected = valuesOf(run, "train/loss").map((trainLoss, step) => {
    const planned = bound.plan(state, step, {});
    state = bound.observe(planned.state, step, { applied: planned.rate as number, trainLoss });
    return planned.rate as number;
  });
  expect(valuesOf(run, "learning-rate")).toEqual(expected);
  expect(new Set(expected).size).toBeGreaterThan(5);
});

test("a run that was paused between two decisions goes on as if nothing had happened", async () => {
  const training = spec({ schedule: { kind: "learned", rate: 0.01 }, budget: { steps: 60 }, seed: 5 });
  const whole = await trainHere(training);
  const first = await trainHere(training, { pauseAt: 23 });
  const second = await trainHere(training, { from: first.checkpoint });
  for (const key of ["learning-rate", "train/loss"]) {
    expect([...valuesOf(first, key), ...valuesOf(second, key)]).toEqual(valuesOf(whole, key));
  }
});

test("the policy of factorisations keeps within the bound of each factor", async () => {
  const { schedule } = spec({ schedule: { kind: "learned", rate: { ofBound: 0.5 }, policy: "default-nmf" } });
  const run = await trainHere({ ...nmf({}, 1, 60), schedule });
  const [w, h, bound] = ["learning-rate/w", "learning-rate/h", "bound"].map((key) => valuesOf(run, key));
  expect(new Set(w).size).toBeGreaterThan(15);
  for (const [step, limit] of bound!.entries()) expect(Math.min(w![step]!, h![step]!)).toBeLessThanOrEqual(limit);
  const losses = valuesOf(run, "train/loss");
  expect(losses.at(-1)).toBeLessThan(0.1 * losses[0]!);
});

const id = "01890a5d-ac96-774b-bcce-b302099a8057";

/** A policy that raises the rate while the loss falls and lowers it while it does not. */
const rising = (): Json => ({
  format: "etude-policy-1",
  family: "deep",
  features: ["change-1"],
  actions: [0.5, 2],
  decisions: 12,
  opening: 1,
  cooldown: 0.2,
  actor: { layers: [{ weights: [5, -5], biases: [0, 0] }] },
});
