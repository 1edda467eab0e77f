import { ScheduleSpec } from "@etude/catalog";
import { TaskFeatures, TaskSpec } from "@etude/contracts";
import { describe, expect, it } from "vitest";
import { cellsOf, completeTask, recommend, type AskedTask, taskOfSpec, taskTable } from "../../src/index.ts";
import { evidence, type Trial } from "./some-evidence.ts";

const noFeatures = TaskFeatures.parse({});
const spec = TaskSpec.parse({
  dataset: { kind: "digits" },
  model: { kind: "mlp" },
  optimizer: { kind: "sgd" },
  budget: { steps: 400 },
});
const asked: AskedTask = { task: completeTask(taskOfSpec(spec, 400)), features: noFeatures, spec };
const tableOf = (trials: readonly Trial[]) => taskTable(cellsOf(trials.map(evidence)));

/** On every task linear is best, then cosine, then constant; the best rate is 0.1. */
const onTasks = (tasks: readonly string[], more: Partial<Trial> = {}): Trial[] =>
  tasks.flatMap((task) =>
    (["linear", "cosine", "constant"] as const).flatMap((kind, place) =>
      [0.01, 0.1, 1].flatMap((rate) =>
        [1, 2, 3].map((seed) => ({
          ...more,
          task,
          schedule: { kind, rate },
          seed,
          loss: (1 + place) * (rate === 0.1 ? 1 : 5) + seed / 100,
        })),
      ),
    ),
  );

describe("recommend", () => {
  it("falls back on what is customary, with support 0 and a reason", () => {
    const advice = recommend(asked, [], { k: 3 });
    expect(advice).toMatchObject({ support: 0, reason: expect.stringContaining("no evidence yet"), similarTasks: [] });
    expect(advice.schedules.map(({ schedule, rate, rank }) => [rank, schedule.kind, rate.base, rate.from])).toEqual([
      [1, "wsd", 0.1, "custom"],
      [2, "linear", 0.1, "custom"],
      [3, "greedy", 0.1, "custom"],
    ]);
    expect(advice.schedules[0]!.spec?.schedule).toEqual(ScheduleSpec.parse({ kind: "wsd", rate: 0.1 }));
  });

  it("gives an optimizer that sets its own rate no schedule around it", () => {
    const alone = TaskSpec.parse({ ...spec, optimizer: { kind: "prodigy" } });
    const task = completeTask(taskOfSpec(alone, 400));
    const { schedules } = recommend({ task, features: noFeatures, spec: alone }, tableOf(onTasks(["a", "b"])), {
      k: 3,
    });
    expect(schedules.map(({ schedule }) => schedule.kind)).toEqual(["constant"]);
  });

  it("carries shapes and rates over from like tasks", () => {
    const { schedules, support, similarTasks } = recommend(asked, tableOf(onTasks(["a", "b", "c"])), { k: 2 });
    expect(schedules[0]).toMatchObject({
      schedule: { kind: "linear", rate: 0.1 },
      rate: { base: 0.1, from: "similar tasks by rate" },
      predicted: { from: "similar tasks", regret: { median: 1, low: 1, high: 1 }, loss: null },
      support: { cells: 9, trainings: 27, tasks: 3, shipped: 0 },
    });
    expect(support).toBe(54);
    expect(similarTasks).toHaveLength(3);
  });

  it("predicts the loss from the fall on like tasks where the loss at the start is known", () => {
    const rows = tableOf(onTasks(["a", "b"], { features: { lossAtStart: 10 } }));
    const { schedules } = recommend({ ...asked, features: { ...noFeatures, lossAtStart: 5 } }, rows, { k: 1 });
    expect(schedules[0]!.predicted.loss!.median).toBeCloseTo(0.51);
  });

  it("divides by the curvature where rates carry over in its unit", () => {
    const quadratic = { model: "quadratic", domain: "analytic" } as const;
    const rows = tableOf(onTasks(["a", "b"], { ...quadratic, features: { topCurvature: 10 } }));
    const task = { optimizer: "sgd", steps: 400, momentum: 0, ...quadratic };
    const { schedules } = recommend({ task, features: { ...noFeatures, topCurvature: 100 }, spec: null }, rows, {
      k: 1,
    });
    expect(schedules[0]!.rate).toMatchObject({ from: "similar tasks by curvature" });
    expect(schedules[0]!.rate.base).toBeCloseTo(0.01);
    expect(schedules[0]!.spec).toBeNull();
  });

  it("lets a task's own record decide", () => {
    const here = evidence({ task: "x", schedule: { kind: "linear", rate: 0.1 }, seed: 1, loss: 1 });
    const own = onTasks(["mine"]).map((trial) => ({
      ...trial,
      loss: trial.schedule.kind === "constant" ? 0.1 : trial.loss,
    }));
    const rows = tableOf([...own, ...onTasks(["a", "b"])]);
    const { task } = rows.find((row) => row.task.id === "mine")!;
    const { schedules } = recommend({ task, features: here.features, spec: null }, rows, { k: 2 });
    expect(schedules[0]).toMatchObject({
      schedule: { kind: "constant" },
      rate: { from: "this task" },
      predicted: { from: "seeds of this task", regret: { median: 1 } },
    });
    expect(schedules[1]!.schedule.kind).toBe("linear");
  });

  it("learns nothing about schedules from tasks where one was tried", () => {
    const lone = [1, 2, 3, 4].map(
      (n) => ({ task: `t${n}`, schedule: { kind: "constant", rate: 0.5 }, seed: 1, loss: 1 }) as Trial,
    );
    const { schedules } = recommend(asked, tableOf([...lone, ...onTasks(["a", "b"])]), { k: 1 });
    expect(schedules[0]!.schedule.kind).toBe("linear");
  });

  it("names the rankers that there are", () => {
    expect(() => recommend(asked, [], { k: 3, ranker: "oracle" })).toThrow(/"oracle" is not one of fixed-list/);
  });
});
