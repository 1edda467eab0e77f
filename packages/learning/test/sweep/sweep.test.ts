import { type Random, randomStream, ScheduleSpec } from "@etude/catalog";
import { describe, expect, it } from "vitest";
import { train } from "../../src/engine/index.ts";
import { fitProcess } from "../../src/sweep/gaussian-process.ts";
import {
  asha,
  comparable,
  cooledStages,
  engineTrial,
  gridPoints,
  medianRule,
  type Observation,
  randomPoint,
  regretTermination,
  runSweep,
  type Scored,
  type Space,
  suggestTpe,
  type SweepOptions,
  type Trial,
} from "../../src/sweep/index.ts";
import { studyProblems } from "../../src/study/index.ts";
import { readSuiteFiles } from "../../src/suite/read-files.node.ts";

const space: Space = {
  rate: { kind: "log", low: 1e-4, high: 10 },
  factor: { kind: "linear", low: 0, high: 1 },
  kind: { kind: "choice", values: ["linear", "wsd", "constant"] },
};

/** A bowl with its bottom, 1, at rate 0.1, factor 0.3, kind wsd. */
const bowl = (point: Readonly<Record<string, unknown>>): number =>
  1 +
  Math.log10(Number(point["rate"]) / 0.1) ** 2 +
  (Number(point["factor"]) - 0.3) ** 2 +
  (point["kind"] === "wsd" ? 0 : 1);

/** A trial that tells its value at once. */
const atOnce = (value: number): Trial => {
  let told = false;
  return {
    advance() {
      if (told) return undefined;
      told = true;
      return { step: 1, value, cooled: 1 };
    },
  };
};
const sweepOf = (sampler: SweepOptions["sampler"], seed: number, trials = 60) =>
  runSweep({ space, sampler, trials, seed, start: (point) => atOnce(bowl(point)) });

describe("points", () => {
  it("lie on a grid with the ends of every range, and all choices", () => {
    const grid = gridPoints({ rate: { kind: "log", low: 0.01, high: 1 }, n: { kind: "integer", low: 1, high: 2 } }, 3);
    expect(grid.map(({ rate, n }) => [rate, n])).toEqual(
      [0.01, 0.1, 1].flatMap((rate) => [
        [rate, 1],
        [rate, 2],
      ]),
    );
  });

  it("are drawn evenly in the logarithm, and every choice equally", () => {
    const random = randomStream(1, "test");
    const points = Array.from({ length: 3000 }, () => randomPoint(space, random));
    const below = points.filter(({ rate }) => Number(rate) < 10 ** -1.5).length / points.length;
    expect(below).toBeCloseTo(0.5, 1);
    expect(points.filter(({ kind }) => kind === "wsd").length / points.length).toBeCloseTo(1 / 3, 1);
  });

  it("of no space are refused by name", () => {
    const run = (broken: Space) => () => runSweep({ ...sweep, space: broken });
    const sweep = { sampler: "random" as const, trials: 1, seed: 0, start: () => atOnce(0) };
    expect(run({})).toThrow("at least one dimension");
    expect(run({ rate: { kind: "log", low: 0, high: 1 } })).toThrow("rate.low must be above 0");
    expect(run({ rate: { kind: "linear", low: 2, high: 1 } })).toThrow("rate.low must be a number below high");
    expect(run({ kind: { kind: "choice", values: [] } })).toThrow("kind.values");
  });
});

describe("a sweep", () => {
  it("is the same for the same seed", () => {
    expect(sweepOf("tpe", 3)).toEqual(sweepOf("tpe", 3));
    expect(sweepOf("tpe", 3)).not.toEqual(sweepOf("tpe", 4));
  });

  it("by estimator comes nearer to the bottom than by chance, over ten seeds", () => {
    const mean = (sampler: "tpe" | "random"): number =>
      Array.from({ length: 10 }, (_, seed) => sweepOf(sampler, seed).best!.value - 1).reduce((a, b) => a + b, 0) / 10;
    expect(mean("tpe")).toBeLessThan(0.5 * mean("random"));
  });

  it("keeps its draws inside the space", () => {
    const random: Random = randomStream(5, "test");
    const trials: Scored[] = Array.from({ length: 30 }, () => {
      const point = randomPoint(space, random);
      return { point, value: bowl(point) };
    });
    for (let i = 0; i < 200; i++) {
      const { rate, factor, kind } = suggestTpe(space, trials, random);
      expect(Number(rate)).toBeGreaterThanOrEqual(1e-4);
      expect(Number(rate)).toBeLessThanOrEqual(10);
      expect(Number(factor)).toBeGreaterThanOrEqual(0);
      expect(Number(factor)).toBeLessThanOrEqual(1);
      expect(["linear", "wsd", "constant"]).toContain(kind);
    }
  });
});

describe("trials are compared at equal stages of cooldown", () => {
  const at = (value: number, cooled: number, final?: number): Observation => ({
    step: 9,
    value,
    cooled,
    ...(final !== undefined && { final }),
  });

  it("knows the stage from the rates", () => {
    expect(cooledStages([0, 0.5, 1, 0.5, 0])).toEqual([0, 0, 0, 0.5, 1]);
  });

  it("compares like with like, and finals whatever the stage", () => {
    expect(comparable(at(1, 0), at(2, 0.05))).toEqual([1, 2]);
    expect(comparable(at(1, 0.5), at(2, 0))).toBeUndefined();
    expect(comparable(at(1, 0.5, 0.9), at(2, 0, 0.7))).toEqual([0.9, 0.7]);
    expect(comparable(at(Infinity, 0), at(2, 0.5))).toEqual([Infinity, 2]);
  });

  it("halves among equals: one in three goes on, the first to arrive too", () => {
    const stopper = asha({ firstRung: 9, eta: 3 });
    const values = [5, 4, 6, 1, 7, 2];
    expect(values.map((value, trial) => stopper.goesOn(trial, at(value, 0)))).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it("does not end a hot run for looking worse than a decayed one", () => {
    const stopper = asha({ firstRung: 9, eta: 3 });
    for (let trial = 0; trial < 6; trial++) stopper.goesOn(trial, at(1, 0.6));
    expect(stopper.goesOn(6, at(3, 0))).toBe(true);
    expect(stopper.goesOn(7, at(3, 0.6))).toBe(false);
  });

  it("ends by the median of others that came as far, after grace and population", () => {
    const stopper = medianRule({ grace: 2, population: 3 });
    const goes = (trial: number, step: number, value: number) => stopper.goesOn(trial, { step, value, cooled: 0 });
    for (const [trial, value] of [1, 2, 3].entries())
      for (const step of [1, 2]) expect(goes(trial, step, value)).toBe(true);
    expect(goes(3, 1, 9)).toBe(true);
    expect(goes(3, 2, 9)).toBe(false);
    expect(goes(4, 1, 1.5)).toBe(true);
    expect(goes(4, 2, 1.5)).toBe(true);
  });
});

describe("automatic termination", () => {
  it("fits a process that is sure where it has looked and not where it has not", () => {
    const places = [0, 0.1, 0.2, 0.3, 0.4].map((place) => [place]);
    const predict = fitProcess(
      places,
      places.map(([place]) => Math.sin(6 * place!)),
    );
    expect(predict([0.15]).mean).toBeCloseTo(Math.sin(0.9), 1);
    expect(predict([0.2]).deviation).toBeLessThan(0.2 * predict([1]).deviation);
  });

  it("stops when the bound is below the error that seeds leave, and not before", () => {
    const line: Space = { rate: { kind: "log", low: 1e-4, high: 10 } };
    const random = randomStream(2, "test");
    const trials = Array.from({ length: 40 }, (): Scored => {
      const point = randomPoint(line, random);
      return { point, value: Math.log10(Number(point["rate"])) ** 2 };
    });
    const loud = regretTermination(line, trials, [0, 2, -2, 1, -1])!;
    expect(loud.seedError).toBeCloseTo(Math.sqrt(2.5 / 5), 12);
    expect(loud.stop).toBe(true);
    const exact = regretTermination(line, trials, [0, 1e-9, -1e-9])!;
    expect(exact.regretBound).toBeCloseTo(loud.regretBound, 12);
    expect(exact.stop).toBe(false);
    expect(regretTermination(line, trials.slice(0, 10), [0, 1])).toBeUndefined();
    expect(regretTermination(line, trials, [0])).toBeUndefined();
  });

  it("ends a sweep early", () => {
    const { trials, termination } = runSweep({
      space: { rate: { kind: "log", low: 1e-4, high: 10 } },
      sampler: "random",
      trials: 200,
      seed: 1,
      start: ({ rate }) => atOnce(Math.log10(Number(rate)) ** 2),
      terminate: { every: 5, seedValues: () => [0, 1, -1, 0.5] },
    });
    expect(termination?.stop).toBe(true);
    expect(trials.length).toBeLessThan(200);
  });
});

describe("on a problem of the suite", async () => {
  const problem = studyProblems(await readSuiteFiles()).get("quadratic-noisy")!;
  const steps = 90;

  const start: SweepOptions["start"] = ({ rate, kind }) => {
    const template = kind === "constant" ? { kind, tail: { fraction: 0.2, shape: "1-sqrt" } } : { kind };
    return engineTrial(problem, { schedule: ScheduleSpec.parse({ ...template, rate }), seed: 7, steps, reports: 9 });
  };
  const options: SweepOptions = {
    space: { rate: { kind: "log", low: 1e-3, high: 10 }, kind: { kind: "choice", values: ["linear", "constant"] } },
    sampler: "random",
    trials: 40,
    seed: 3,
    start,
  };

  it("finds as good a rate with halving, for far fewer updates", () => {
    const [whole, halved] = [runSweep(options), runSweep({ ...options, stopper: asha({ firstRung: 10 }) })];
    const updates = ({ trials }: typeof whole): number => trials.reduce((sum, trial) => sum + trial.steps, 0);
    expect(updates(halved)).toBeLessThan(0.8 * updates(whole));
    expect(halved.best!.value).toBeLessThan(1.5 * whole.best!.value);
    expect(halved.trials.map(({ point }) => point)).toEqual(whole.trials.map(({ point }) => point));
  });

  it("ends where the engine's own training ends, reacting schedules too", () => {
    for (const kind of ["cosine", "greedy"]) {
      const schedule = ScheduleSpec.parse({ kind, rate: 0.1 });
      const trial = engineTrial(problem, { schedule, seed: 7, steps });
      let last;
      for (let seen = trial.advance(); seen; seen = trial.advance()) last = seen;
      expect(last).toMatchObject({ step: steps, value: train(problem, { schedule, seed: 7, steps }).finalTrainLoss });
    }
  });
});
