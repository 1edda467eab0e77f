import { optimizers, OptimizerSpec, type ScheduleInput, ScheduleSpec } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { costToTarget, openTraining, train } from "../../src/engine/index.ts";
import { zerosLike } from "../../src/engine/optimizers/optimizer.ts";
import { factorisation, smallProblems } from "./problems.ts";

const schedule = (input: ScheduleInput): ScheduleSpec => ScheduleSpec.parse(input);
const named = smallProblems.map((problem, i) => [`${problem.id} (${i})`, problem] as const);

describe.each(named)("%s", (_, problem) => {
  const rate = problem.update === "alternating" ? 1e-3 : 1e-2;

  test.each(optimizers.map((optimizer) => [optimizer.kind, optimizer.example] as const))(
    "ten updates of %s stay finite and move the weights",
    (__, example) => {
      const optimizer = OptimizerSpec.parse(example);
      const spec = schedule({ kind: "constant", rate });
      const outcome = train(problem, { schedule: spec, optimizer, seed: 5, steps: 10 });
      expect(outcome.diverged).toBe(false);
      expect(outcome.trainLosses.length).toBe(10);
      expect([...outcome.trainLosses, ...outcome.rates, outcome.finalTrainLoss].every(Number.isFinite)).toBe(true);
      expect(outcome.finalTrainLoss).not.toBe(problem.start(5).trainLoss());
    },
  );

  test("the same seed gives the same bits, another seed others", () => {
    const run = (seed: number) => train(problem, { schedule: schedule({ kind: "cosine", rate }), seed });
    const [first, again, other] = [run(1), run(1), run(2)];
    expect(again.trainLosses).toEqual(first.trainLosses);
    expect(again.finalTrainLoss).toBe(first.finalTrainLoss);
    expect(other.trainLosses).not.toEqual(first.trainLosses);
  });

  test("order and noise are those of the step, however often a schedule asks", () => {
    const [once, often] = [problem.start(9), problem.start(9)];
    const [a, b] = [zerosLike(once.weights), zerosLike(often.weights)];
    for (const step of [0, 1, 2]) {
      for (let tries = 0; tries < 3; tries++) often.loss(step);
      expect(often.loss(step, b)).toBe(once.loss(step, a));
      expect(b).toEqual(a);
    }
    // Also out of order, as after a measurement.
    often.trainLoss();
    expect(often.loss(1, b)).toBe(once.loss(1, a));
    expect(b).toEqual(a);
  });

  test("led step by step it makes the same updates", () => {
    const outcome = train(problem, { schedule: schedule({ kind: "constant", rate }), seed: 4 });
    const training = openTraining(problem, { seed: 4 });
    const losses = Array.from({ length: training.steps }, () => training.step(rate));
    expect(losses).toEqual([...outcome.trainLosses]);
    expect(training.trainLoss()).toBe(outcome.finalTrainLoss);
    expect(training.validation()?.loss).toBe(outcome.finalValidationLoss);
  });
});

const [quadratic, , linear] = smallProblems;

test("a run that diverges stops at once and its losses are infinite", () => {
  const outcome = train(linear!, { schedule: schedule({ kind: "constant", rate: 1e3 }), seed: 1 });
  expect(outcome.diverged).toBe(true);
  expect(outcome.divergedAt).toBeLessThan(10);
  expect(outcome.trainLosses.length).toBe(outcome.divergedAt! + 1);
  expect(outcome.rates.length).toBe(outcome.divergedAt);
  expect(outcome.finalTrainLoss).toBe(Infinity);
  expect(outcome.finalValidationLoss).toBe(Infinity);
  const training = openTraining(linear!, { seed: 1 });
  for (let i = 0; i < 40; i++) training.step(1e3);
  expect(training.diverged).toBe(true);
  expect(training.made).toBe(outcome.divergedAt);
  expect(training.step(1e-3)).toBe(Infinity);
});

test("a line search counts its trials and its cost a third of a gradient each", () => {
  const outcome = train(linear!, { schedule: schedule({ kind: "line-search", rate: 10 }), seed: 1 });
  expect(outcome.gradientEvaluations).toBe(40);
  expect(outcome.extraForwards).toBeGreaterThanOrEqual(40);
  expect(outcome.cost).toBeCloseTo(40 + outcome.extraForwards / 3, 12);
  expect(outcome.finalTrainLoss).toBeLessThan(outcome.trainLosses[0]!);
});

test("the cost to a target is that of the first measurement at or below it", () => {
  const spec = schedule({ kind: "constant", rate: 0.1 });
  const outcome = train(linear!, { schedule: spec, seed: 1, measureEvery: 5 });
  const { losses, steps, costs } = outcome.measurements;
  expect(steps).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
  expect(costs).toEqual(steps);
  expect(costToTarget(outcome, losses[3]!)).toBeLessThanOrEqual(20);
  expect(costToTarget(outcome, 0)).toBe(Infinity);
});

test("a schedule that reads the validation loss gets it forty times a run, others on request", () => {
  const greedy = schedule({ kind: "greedy", rate: 0.01, metric: "validation/loss", every: "evaluation" });
  expect(train(linear!, { schedule: greedy, seed: 1, steps: 120 }).validations.steps.length).toBe(40);
  const constant = schedule({ kind: "constant", rate: 0.01 });
  expect(train(linear!, { schedule: constant, seed: 1 }).validations.steps).toEqual([]);
  expect(train(linear!, { schedule: constant, seed: 1, validateEvery: 20 }).validations.steps).toEqual([20, 40]);
});

test("the state of a schedule counts rates a weight and kept directions", () => {
  const bytes = (input: ScheduleInput) => train(quadratic!, { schedule: schedule(input), seed: 1 }).stateBytes;
  const none = bytes({ kind: "constant", rate: 0.01 });
  expect(none).toBeLessThan(20);
  expect(bytes({ kind: "hypergradient", rate: 0.01 })).toBeGreaterThanOrEqual(6 * 8);
  expect(bytes({ kind: "hypergradient", rate: 0.01, granularity: "parameter" })).toBeGreaterThanOrEqual(2 * 6 * 8);
});

test("an optimizer that sets its own pace refuses a schedule", () => {
  const optimizer = OptimizerSpec.parse({ kind: "prodigy" });
  const spec = schedule({ kind: "cosine", rate: 1 });
  expect(() => train(quadratic!, { schedule: spec, optimizer, seed: 1 })).toThrow(/prodigy cannot run under/);
});

test("a schedule-free method is judged by its average", () => {
  const optimizer = OptimizerSpec.parse({ kind: "schedule-free-sgd" });
  const options = { optimizer, seed: 1 };
  const training = openTraining(quadratic!, options);
  for (let i = 0; i < 40; i++) training.step(0.3);
  const judged = training.trainLoss();
  expect(training.trainLoss()).toBe(judged);
  expect(training.step(0)).not.toBeCloseTo(judged, 6);
});

describe("the stability bound of a factorisation", () => {
  const whole = factorisation({ batchColumns: 21 });
  /** The loss after every half-update at this share of the bound, of W alone or of both factors in turn. */
  const losses = (share: number, groups: readonly number[]): number[] => {
    const instance = whole.start(1);
    const gradients = zerosLike(instance.weights);
    const seen = [instance.trainLoss()];
    for (let step = 0; step < 300; step++) {
      for (const group of groups) {
        instance.loss(step, gradients, group);
        const rate = share * instance.bound!(group, step);
        instance.weights[group]!.forEach((w, j, all) => (all[j] = w - rate * gradients[group]![j]!));
        instance.project!(group);
        seen.push(instance.trainLoss());
      }
    }
    return seen;
  };
  const rises = (seen: readonly number[]) => seen.filter((loss, i) => i > 0 && loss > seen[i - 1]! * (1 + 1e-12));

  test("at 1.99 / L every half-update lowers the loss", () => {
    expect(rises(losses(1.99 / 2, [0, 1]))).toEqual([]);
    expect(rises(losses(1.99 / 2, [0]))).toEqual([]);
  });

  test("at 2.01 / L it rises", () => {
    expect(rises(losses(2.01 / 2, [0])).length).toBeGreaterThan(0);
  });

  test("rates are cut at it, on request", () => {
    const spec = schedule({ kind: "constant", rate: 1e3 });
    const cut = train(whole, { schedule: spec, seed: 1 });
    expect(cut.diverged).toBe(false);
    expect(Math.max(...cut.rates)).toBeLessThan(1);
    expect(train(whole, { schedule: spec, seed: 1, clipToBound: false }).diverged).toBe(true);
  });

  test("batches have smaller bounds for W than all columns, and the same for H", () => {
    const bounds = [1, 4, 21].map((batchColumns) => {
      const instance = factorisation({ batchColumns }).start(1);
      return [instance.bound!(0, 0), instance.bound!(1, 0)];
    });
    expect(bounds[0]![0]).toBeLessThan(bounds[1]![0]!);
    expect(bounds[1]![0]).toBeLessThan(bounds[2]![0]!);
    expect(bounds.map(([, h]) => h)).toEqual([bounds[0]![1], bounds[0]![1], bounds[0]![1]]);
  });
});
