import { datasetOf, DatasetSpec, ModelSpec, optimizers, OptimizerSpec, ScheduleSpec } from "@etude/catalog";
import { beforeAll, describe, expect, test } from "vitest";
import { type FactorisationProblem, openTraining, type Problem, train } from "../../src/engine/index.ts";
import {
  mlpDigitsWidths,
  nmfHeldOut,
  rebuildProblem,
  sampleProblem,
  suite,
  trainingFamilies,
} from "../../src/suite/index.ts";
import { readSuiteFiles } from "../../src/suite/read-files.node.ts";

let files: ReadonlyMap<string, Uint8Array>;
let problems: readonly Problem[];
let widths: readonly Problem[];
let heldOut: readonly FactorisationProblem[];

beforeAll(async () => {
  files = await readSuiteFiles();
  problems = suite(files);
  widths = mlpDigitsWidths(files);
  heldOut = nmfHeldOut(files);
});

test("at least eighteen problems from many families, each complete", () => {
  expect(problems.length).toBeGreaterThanOrEqual(18);
  expect(new Set(problems.map(({ family }) => family)).size).toBeGreaterThanOrEqual(12);
  const all = [...problems, ...widths, ...heldOut];
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  for (const problem of all) {
    expect(problem.id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(problem.title.length).toBeGreaterThan(10);
    expect(problem.resolution).toBeGreaterThan(0);
    expect(problem.steps).toBeGreaterThanOrEqual(100);
    const { weights, groupOf, validation } = problem.start(0);
    expect(groupOf.length).toBe(weights.length);
    expect(new Set(groupOf)).toEqual(new Set(problem.groups.map((_, group) => group)));
    expect(validation !== undefined).toBe(!["analytic", "factorisation"].includes(problem.domain));
  }
  expect(new Set(problems.map(({ domain }) => domain)).size).toBe(5);
});

/** A rate at which every optimizer gets somewhere and none blows up. */
const saneRate = ({ update }: Problem, kind: string): number =>
  update === "alternating" ? 1e-6 : kind === "prodigy" || kind === "dog" ? 1 : 1e-3;

test.each(optimizers.map(({ kind, example }) => [kind, example] as const))(
  "ten updates of %s are finite on every problem",
  (kind, example) => {
    for (const problem of problems) {
      const training = openTraining(problem, { optimizer: OptimizerSpec.parse(example), seed: 1 });
      for (let step = 0; step < 10; step++) {
        expect(training.step(saneRate(problem, kind)), `${problem.id}, step ${step}`).toBeLessThan(Infinity);
      }
      expect(training.diverged, problem.id).toBe(false);
    }
  },
);

test("every problem is learned", () => {
  for (const problem of [...problems, ...heldOut]) {
    const rate = problem.update === "alternating" ? { ofBound: 0.5 } : problem.optimizer.kind === "sgd" ? 0.1 : 0.01;
    const schedule = ScheduleSpec.parse({ kind: "constant", rate });
    const outcome = train(problem, { schedule, seed: 2, steps: Math.min(100, problem.steps) });
    expect(outcome.finalTrainLoss, problem.id).toBeLessThan(0.95 * problem.start(2).trainLoss());
  }
});

test("different schedules meet the same start, order and noise", () => {
  for (const problem of problems) {
    const first = (kind: "constant" | "cosine"): number => {
      const schedule = ScheduleSpec.parse({ kind, rate: 1e-6 });
      return train(problem, { schedule, seed: 3, steps: 1 }).trainLosses[0]!;
    };
    expect(first("cosine"), problem.id).toBe(first("constant"));
  }
});

test("the held-out factorisations cover batches and noise, half of them on real matrices", () => {
  expect(heldOut.length).toBeGreaterThanOrEqual(12);
  const real = heldOut.filter(({ family }) => /digits|speeches/.test(family));
  expect(2 * real.length).toBe(heldOut.length);
  for (const batch of ["n", "64", "16"]) {
    for (const noise of ["0", "1", "10"]) {
      expect(
        heldOut.some(({ id }) => id.endsWith(`b-${batch}-noise-${noise}`)),
        `b ${batch}, noise ${noise}`,
      ).toBe(true);
    }
  }
  for (const problem of heldOut) {
    const loss = problem.start(1).trainLoss();
    expect(problem.relativeResidual(0)).toBe(0);
    expect(problem.relativeResidual(loss)).toBeGreaterThan(0.1);
    expect(problem.relativeResidual(loss)).toBeLessThan(2);
  }
});

describe.each(trainingFamilies.map((family) => [family] as const))("training problems %s", (family) => {
  test("are the same for the same seed and differ otherwise", () => {
    const losses = (seed: number): number[] => {
      const problem = sampleProblem(family, seed);
      const training = openTraining(problem, { seed: 1 });
      return Array.from({ length: 20 }, () => training.step(0.3 * problem.referenceRate));
    };
    expect(losses(5)).toEqual(losses(5));
    expect(losses(5)).not.toEqual(losses(6));
  });

  test("are stable at a third of their reference rate", () => {
    for (let seed = 0; seed < 20; seed++) {
      const problem = sampleProblem(family, seed);
      const training = openTraining(problem, { seed: 1 });
      for (let step = 0; step < 100; step++) training.step(0.3 * problem.referenceRate);
      expect(training.diverged, `seed ${seed}`).toBe(false);
      expect(problem.referenceRate).toBeGreaterThan(0);
    }
  });
});

test("a task that the engine lacks is not rebuilt", () => {
  const dataset = DatasetSpec.parse({ kind: "digits" });
  const data = datasetOf(dataset).load(dataset, files);
  if (data instanceof Promise) throw new Error("digits load at once");
  const optimizer = OptimizerSpec.parse({ kind: "sgd" });
  const rebuilt = (model: Parameters<typeof ModelSpec.parse>[0]) =>
    rebuildProblem({ id: "x", title: "x", optimizer, batchSize: 32, steps: 10, model: ModelSpec.parse(model) }, data);
  expect(rebuilt({ kind: "mlp", hidden: [8] })?.groups).toEqual(["hidden-1", "output"]);
  expect(rebuilt({ kind: "mlp", hidden: [8], dropout: 0.5 })).toBeUndefined();
  expect(rebuilt({ kind: "cnn", filters: [4, 8] })).toBeUndefined();
  expect(rebuilt({ kind: "cnn", filters: [4] })?.domain).toBe("vision");
});
