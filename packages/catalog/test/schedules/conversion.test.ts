import { ConversionError, convertSchedule, traceCase } from "@etude/catalog";
import { expect, test } from "vitest";

const failure = (run: () => unknown): { readonly code: string; readonly message: string } => {
  try {
    run();
  } catch (error) {
    if (error instanceof ConversionError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was refused");
};
const converting = (scheduler: string, kwargs: object, library = "pytorch", base_lr: number | undefined = 0.1) =>
  failure(() => convertSchedule({ library, scheduler, kwargs: kwargs as Record<string, unknown>, base_lr }));
const tracing = (value: unknown) => failure(() => traceCase(value));

test("unknown things are named with the known ones", () => {
  expect(converting("StepLR", { step_size: 3, gama: 0.5 })).toEqual({
    code: "unknown-argument",
    message: "StepLR has no argument gama; it takes gamma, last_epoch, step_size, verbose",
  });
  expect(converting("StepLr", {}).message).toMatch(/pytorch has no scheduler "StepLr".*known are .*StepLR/);
  expect(converting("linear", {}, "jax")).toMatchObject({ code: "unknown-library" });
  expect(converting("linear", {}, "jax").message).toMatch(/keras, pytorch, transformers/);
  expect(converting("get_cosine_schedule", {}, "transformers").message).toMatch(/get_cosine_schedule_with_warmup/);
});

test("wrong values are named with the rule", () => {
  expect(converting("StepLR", { step_size: 0 }).message).toMatch(/StepLR: step_size: .*>=1; got 0/);
  expect(converting("StepLR", {}).message).toMatch(/step_size: .*; got nothing/);
  expect(converting("CosineAnnealingLR", { T_max: 5, last_epoch: 3 }).message).toMatch(/last_epoch.*got 3/);
  expect(converting("GreedyLR", { factor: 1 }, "transformers").message).toMatch(/factor.*got 1/);
  expect(converting("ReduceLROnPlateau", { factor: 1 }).message).toMatch(/factor.*got 1/);
  expect(converting("StepLR", { step_size: 3 }, "pytorch", -1).message).toBe("base_lr must be a number from 0; got -1");
  expect(converting("OneCycleLR", { max_lr: 0.1 }).message).toMatch(/total_steps, or epochs and steps_per_epoch/);
  expect(converting("OneCycleLR", { max_lr: 0.1, total_steps: 10, pct_start: 0.1 }).message).toMatch(/divides by zero/);
  expect(
    converting("cosine_with_min_lr", { num_warmup_steps: 0, num_training_steps: 9 }, "transformers").message,
  ).toMatch(/exactly one of min_lr and min_lr_rate/);
  expect(
    converting("polynomial", { num_warmup_steps: 0, num_training_steps: 9, lr_end: 0.1 }, "transformers").message,
  ).toMatch(/lr_end must be below base_lr \(0.1\); got 0.1/);
  const schedulers = [{ scheduler: "StepLR", step_size: 2 }];
  expect(converting("SequentialLR", { schedulers, milestones: [5] }).message).toMatch(
    /one fewer than schedulers \(1\); got 5/,
  );
});

test("what has no equivalent says why", () => {
  expect(converting("LambdaLR", {})).toMatchObject({ code: "no-equivalent" });
  expect(converting("LambdaLR", {}).message).toMatch(/Python function/);
  expect(converting("ExponentialLR", { gamma: 1.1 }).message).toMatch(
    /can be traced, but not run here: factor must be a number above 0 and below 1; got 1.1/,
  );
  const schedulers = [{ scheduler: "ConstantLR" }, { scheduler: "ReduceLROnPlateau" }];
  expect(converting("SequentialLR", { schedulers, milestones: [5] }).message).toMatch(
    /ReduceLROnPlateau, which reacts/,
  );
  expect(converting("ChainedScheduler", { schedulers }).message).toMatch(/ChainedScheduler of ReduceLROnPlateau/);
});

test("lists for our only parameter group are taken", () => {
  const one = convertSchedule({
    library: "torch",
    scheduler: "CyclicLR",
    kwargs: { base_lr: [0.1], max_lr: [1] },
    base_lr: 0.1,
  });
  expect(one.schedule).toMatchObject({ kind: "cyclic", rate: 1, minRate: 0.1, momentum: { low: 0.8, high: 0.9 } });
  expect(converting("CyclicLR", { base_lr: [0.1, 0.2], max_lr: 1 }).message).toMatch(/base_lr/);
});

test("a converted greedy keeps Transformers' own defaults and reacts to each evaluation", () => {
  const { schedule } = convertSchedule({ library: "transformers", scheduler: "greedy", kwargs: {}, base_lr: 5e-5 });
  expect(schedule).toMatchObject({
    variant: "hf",
    metric: "validation/loss",
    every: "evaluation",
    factor: 0.95,
    patience: 10,
    threshold: 1e-6,
    thresholdMode: "absolute",
    window: 1,
    minRate: 1e-3,
    maxRate: 1,
    eps: 1e-8,
    resetAfter: 500,
  });
});

test("past the end of the library's schedule", () => {
  const kwargs = { max_lr: 0.1, total_steps: 10 };
  const one = { library: "pytorch", scheduler: "OneCycleLR", kwargs, base_lr: 0.1 };
  expect(traceCase({ ...one, steps: 11 }).lr).toHaveLength(11);
  expect(tracing({ ...one, steps: 12 })).toEqual({
    code: "past-end",
    message: "OneCycleLR gives 11 rates with these arguments; 12 were asked for",
  });
  const linear = { ...one, kwargs: { ...kwargs, anneal_strategy: "linear", three_phase: true } };
  expect(traceCase({ ...linear, steps: 10 }).lr).toHaveLength(10);
  expect(tracing({ ...linear, steps: 11 })).toMatchObject({ code: "past-end" });
  const negative = { library: "pytorch", scheduler: "StepLR", kwargs: { step_size: 3, gamma: -0.5 }, base_lr: 1 };
  expect(traceCase({ ...negative, steps: 3 }).lr).toEqual([1, 1, 1]);
  expect(tracing({ ...negative, steps: 4 })).toMatchObject({ code: "past-end" });
  const nested = {
    schedulers: [
      { scheduler: "OneCycleLR", ...kwargs },
      { scheduler: "StepLR", step_size: 5 },
    ],
  };
  const chain = { library: "pytorch", scheduler: "SequentialLR", base_lr: 1 };
  expect(traceCase({ ...chain, kwargs: { ...nested, milestones: [11] }, steps: 20 }).lr).toHaveLength(20);
  expect(tracing({ ...chain, kwargs: { ...nested, milestones: [15] }, steps: 20 })).toMatchObject({ code: "past-end" });
});

test("a library goes on where ours would hold", () => {
  const one = { library: "pytorch", scheduler: "CosineAnnealingLR", kwargs: { T_max: 4 }, base_lr: 1, steps: 9 };
  expect(traceCase(one).lr.at(-1)).toBeCloseTo(1, 12);
  const above = { ...one, kwargs: { T_max: 4, eta_min: 2 }, steps: 5 };
  expect(traceCase(above).lr).toEqual([1, expect.closeTo(1.1464466094, 9), 1.5, expect.closeTo(1.8535533906, 9), 2]);
});

test("how many rates a case gives", () => {
  const plateau = {
    library: "pytorch",
    scheduler: "ReduceLROnPlateau",
    kwargs: {},
    base_lr: 1,
    metrics: [3, 2, "NaN"],
  };
  expect(traceCase(plateau).lr).toHaveLength(4);
  expect(traceCase({ ...plateau, steps: 2 }).lr).toHaveLength(2);
  expect(traceCase({ ...plateau, steps: 2, lr: [0, 0, 0] }).lr).toHaveLength(3);
  expect(tracing({ ...plateau, steps: 9 }).message).toBe("9 rates need at least 8 metrics; got 3");
  expect(tracing({ kind: "constant", rate: 1 }).message).toMatch(/needs lr, steps or metrics/);
});

test("our own schedules, in place or under `schedule`", () => {
  expect(traceCase({ kind: "linear", rate: 1, steps: 4 }).lr).toEqual([1, 0.75, 0.5, 0.25]);
  expect(traceCase({ schedule: { kind: "linear", rate: 1 }, steps: 3, horizon: 10 }).lr).toEqual([1, 0.9, 0.8]);
  expect(tracing({ schedule: { kind: "step", rate: 1 }, steps: 4 }).message).toMatch(
    /schedule.every must be a whole number/,
  );
  expect(tracing({ kind: "hypergradient", rate: 1, steps: 4 }).message).toMatch(/looks at gradients/);
  expect(tracing({ kind: "replay", run: "r-1", steps: 4 }).message).toMatch(
    /needs the recorded learning rate of run r-1/,
  );
  expect(tracing("linear")).toMatchObject({ code: "invalid-argument" });
});
