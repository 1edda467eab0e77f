/** Golden traces of PyTorch and Transformers: computed with the libraries, and given as text. */
import { convertSchedule, traceCase } from "@etude/catalog";
import { describe, expect, test } from "vitest";

const close = (lr: readonly number[], golden: string): void => {
  const wanted = golden.split(" ").map(Number);
  for (const [step, rate] of wanted.entries()) {
    // The goldens are written with ten decimals.
    expect(Math.abs(lr[step]! - rate), `step ${step}: ${lr[step]} instead of ${rate}`).toBeLessThanOrEqual(1e-10);
  }
  expect(lr).toHaveLength(wanted.length);
};

const third = { scheduler: "LinearLR", start_factor: 0.1, total_iters: 3 };
test.each([
  ["StepLR", { step_size: 3, gamma: 0.5 }, ".1 .1 .1 .05 .05 .05 .025 .025 .025 .0125 .0125 .0125"],
  ["MultiStepLR", { milestones: [2, 5, 5] }, ".1 .1 .01 .01 .01 1e-4 1e-4"],
  ["MultiStepLR", { milestones: [5, 2, 5] }, ".1 .1 .01 .01 .01 1e-4 1e-4"],
  ["ExponentialLR", { gamma: 0.9 }, ".1 .09 .081 .0729 .06561"],
  ["ExponentialLR", { gamma: 1.1 }, ".1 .11 .121 .1331"],
  ["ConstantLR", { factor: 0.5, total_iters: 4 }, ".05 .05 .05 .05 .1 .1"],
  ["ConstantLR", {}, ".0333333333 .0333333333 .0333333333 .0333333333 .0333333333 .1 .1"],
  ["LinearLR", { start_factor: 0.25, total_iters: 4 }, ".025 .04375 .0625 .08125 .1 .1 .1"],
  ["PolynomialLR", { total_iters: 5, power: 2 }, ".1 .064 .036 .016 .004 0 0"],
  [
    "CosineAnnealingLR",
    { T_max: 5, eta_min: 0.01 },
    ".1 .0914057648 .0689057648 .0410942352 .0185942352 .01 .0185942352",
  ],
  [
    "CosineAnnealingWarmRestarts",
    { T_0: 3, T_mult: 2, eta_min: 0.01 },
    ".1 .0775 .0325 .1 .0939711432 .0775 .055 .0325 .0160288568 .1 .0984666622 .0939711432",
  ],
  ["CyclicLR", { base_lr: 0.01, max_lr: 0.1, step_size_up: 3, step_size_down: 2 }, ".01 .04 .07 .1 .055 .01 .04"],
  [
    "CyclicLR",
    { base_lr: 0.01, max_lr: 0.1, step_size_up: 3, step_size_down: 2, mode: "triangular2" },
    ".01 .04 .07 .1 .055 .01 .025 .04 .055 .0325 .01 .0175",
  ],
  [
    "CyclicLR",
    { base_lr: 0.01, max_lr: 0.1, step_size_up: 3, step_size_down: 2, mode: "exp_range", gamma: 0.9 },
    ".01 .037 .0586 .07561 .0395245 .01 .02594323 .038697814 .0487420489 .027433922 .01 .0194143179",
  ],
  [
    "OneCycleLR",
    { max_lr: 0.1, total_steps: 10 },
    ".004 .052 .1 .0950484632 .0811745654 .0611262022 .0388741978 .0188258346 .0049519368 4e-7 .0049519368",
  ],
  [
    "OneCycleLR",
    { max_lr: 0.1, total_steps: 10, anneal_strategy: "linear", three_phase: true },
    ".004 .052 .1 .052 .004 .00320008 .00240016 .00160024 .00080032 4e-7",
  ],
  [
    "SequentialLR",
    { schedulers: [third, { scheduler: "CosineAnnealingLR", T_max: 5 }], milestones: [3] },
    ".01 .04 .07 .1 .0904508497 .0654508497 .0345491503 .0095491503 0 .0095491503",
  ],
  [
    "ChainedScheduler",
    {
      schedulers: [
        { scheduler: "ConstantLR", factor: 0.1, total_iters: 2 },
        { scheduler: "ExponentialLR", gamma: 0.9 },
      ],
    },
    ".01 .009 .081 .0729 .06561",
  ],
] as const)("pytorch %s %j", (scheduler, kwargs, golden) => {
  const steps = golden.split(" ").length;
  close(traceCase({ library: "pytorch", scheduler, kwargs, base_lr: 0.1, steps }).lr, golden);
});

test("pytorch ReduceLROnPlateau", () => {
  const metrics = [1, 1, 1, 1, 1, 1, 1, 0.5, 0.49999, 0.49998, 0.49997];
  const kwargs = { factor: 0.5, patience: 1, cooldown: 1 };
  const { lr } = traceCase({ library: "pytorch", scheduler: "ReduceLROnPlateau", kwargs, base_lr: 0.1, metrics });
  close(lr.slice(1), ".1 .1 .05 .05 .05 .025 .025 .025 .025 .0125 .0125");
});

const run = { num_warmup_steps: 2, num_training_steps: 8 };
const wsd = { num_warmup_steps: 2, num_stable_steps: 3, num_decay_steps: 4, min_lr_ratio: 0.1 };
test.each([
  ["constant_with_warmup", { num_warmup_steps: 2 }, "0 .5 1 1"],
  ["linear", run, "0 .5 1 .8333333333 .6666666667 .5 .3333333333 .1666666667 0 0 0"],
  ["linear", { num_warmup_steps: 2, num_training_steps: 2 }, "0 .5 0 0"],
  ["cosine", run, "0 .5 1 .9330127019 .75 .5 .25 .0669872981 0 .0669872981 .25"],
  ["cosine_with_restarts", { num_warmup_steps: 2, num_training_steps: 1 }, "0 .5 1 0"],
  ["cosine_with_restarts", { ...run, num_cycles: 2 }, "0 .5 1 .75 .25 1 .75 .25 0 0 0"],
  [
    "polynomial",
    { ...run, lr_end: 1e-6, power: 2 },
    "0 .5 1 .6944447500 .4444450000 .2500007500 .1111120000 .0277787500 1e-6 1e-6 1e-6",
  ],
  ["inverse_sqrt", { num_warmup_steps: 2 }, "0 .5 1 .8164965809 .7071067812 .6324555320 .5773502692 .5345224838 .5"],
  [
    "cosine_with_min_lr",
    { ...run, min_lr_rate: 0.1 },
    "0 .5 1 .9397114317 .775 .55 .325 .1602885683 .1 .1602885683 .325",
  ],
  ["cosine_with_min_lr", { ...run, min_lr: 0.1 }, "0 .5 1 .9397114317 .775 .55 .325 .1602885683 .1"],
  [
    "cosine_warmup_with_min_lr",
    { ...run, min_lr_rate: 0.1 },
    ".5 1 .9397114317 .775 .55 .325 .1602885683 .1 .1602885683 .325 .55",
  ],
  [
    "cosine_warmup_with_min_lr",
    { ...run, num_warmup_steps: 0, num_training_steps: 6, min_lr_rate: 0.1 },
    ".9397114317 .775 .55 .325 .1602885683 .1",
  ],
  ["warmup_stable_decay", { ...wsd, decay_type: "linear" }, ".1 .55 1 1 1 1 .775 .55 .325 .1 .1"],
  ["warmup_stable_decay", wsd, ".1 .55 1 1 1 1 .8681980515 .55 .2318019485 .1 .1"],
  [
    "warmup_stable_decay",
    { ...wsd, warmup_type: "1-sqrt", decay_type: "1-sqrt" },
    ".1 .3636038969 1 1 1 1 .55 .3636038969 .2205771366 .1 .1",
  ],
  ["warmup_stable_decay", { ...wsd, num_cycles: 1 }, ".1 .55 1 1 1 1 .55 .1 .55 .1 .1"],
  [
    "warmup_stable_decay",
    { ...wsd, num_warmup_steps: 0, num_stable_steps: 0, decay_type: "linear" },
    "1 .775 .55 .325 .1 .1",
  ],
] as const)("transformers %s %j", (scheduler, kwargs, golden) => {
  const steps = golden.split(" ").length;
  close(traceCase({ library: "transformers", scheduler, kwargs, base_lr: 1, steps }).lr, golden);
});

describe("keras", () => {
  const trace = (scheduler: string, kwargs: object, steps: number): number[] =>
    traceCase({ library: "keras", scheduler, kwargs, steps }).lr;
  const rate = { initial_learning_rate: 0.1 };
  test.each([
    ["ExponentialDecay", { ...rate, decay_steps: 2, decay_rate: 0.25 }, ".1 .05 .025 .0125"],
    ["ExponentialDecay", { ...rate, decay_steps: 2, decay_rate: 0.25, staircase: true }, ".1 .1 .025 .025 .00625"],
    ["InverseTimeDecay", { ...rate, decay_steps: 2, decay_rate: 1 }, ".1 .0666666667 .05 .04"],
    ["InverseTimeDecay", { ...rate, decay_steps: 2, decay_rate: 1, staircase: true }, ".1 .1 .05 .05 .0333333333"],
    ["PiecewiseConstantDecay", { boundaries: [2, 3], values: [1, 0.5, 0.25] }, "1 1 1 .5 .25 .25"],
    ["PolynomialDecay", { ...rate, decay_steps: 4, end_learning_rate: 0.02 }, ".1 .08 .06 .04 .02 .02"],
    ["PolynomialDecay", { ...rate, decay_steps: 2, end_learning_rate: 0, cycle: true }, ".1 .05 0 .025 0 .0166666667"],
    ["CosineDecay", { ...rate, decay_steps: 4, alpha: 0.1 }, ".1 .0868198052 .055 .0231801948 .01 .01"],
    [
      "CosineDecay",
      { initial_learning_rate: 0.05, decay_steps: 4, warmup_target: 0.1, warmup_steps: 2 },
      ".05 .075 .1 .0853553391 .05",
    ],
    ["CosineDecay", { ...rate, decay_steps: 4, warmup_target: 0.05, warmup_steps: 2 }, ".1 .075 .05 .0426776695"],
    [
      "CosineDecayRestarts",
      { ...rate, first_decay_steps: 2, m_mul: 0.5 },
      ".1 .05 .05 .0426776695 .025 .0073223305 .025",
    ],
  ] as const)("%s %j", (scheduler, kwargs, golden) => {
    close(trace(scheduler, kwargs, golden.split(" ").length), golden);
  });

  test("ReduceLROnPlateau drops when its count reaches patience", () => {
    const kwargs = { factor: 0.5, patience: 2, cooldown: 2, min_delta: 0 };
    const metrics = [1, 1, 1, 1, 1, 1, 1, 1];
    const { lr } = traceCase({ library: "keras", scheduler: "ReduceLROnPlateau", kwargs, base_lr: 1, metrics });
    expect(lr).toEqual([1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]);
  });
});

test("a converted one-cycle keeps the momentum cycle", () => {
  const { schedule, notes } = convertSchedule({
    library: "pytorch",
    scheduler: "OneCycleLR",
    kwargs: { max_lr: 0.1, total_steps: 10 },
    base_lr: 0.1,
  });
  expect(schedule).toMatchObject({ kind: "one-cycle", momentum: { low: 0.85, high: 0.95 } });
  expect(notes.join()).toContain("after 10 steps");
});
