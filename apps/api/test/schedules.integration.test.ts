import type { Preview } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { nobody, problemOf, startApi } from "./harness.ts";

const { url } = await withDatabase();
const { call } = await startApi(url);
const cosine = { kind: "cosine", rate: 0.1 };

const preview = async (payload: object): Promise<Preview> => {
  const answer = await call("previewSchedule", { payload });
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
  return answer.json();
};

describe("preview", () => {
  test("every rate, in buckets, or the range of a schedule that reacts", async () => {
    const exact = await preview({ schedule: cosine, steps: 100 });
    expect(exact).toMatchObject({ reactive: false, firstRate: 0.1, curve: { mode: "exact" } });
    if (exact.curve?.mode !== "exact") throw new Error("not exact");
    expect(exact.curve.points.step).toEqual(Array.from({ length: 100 }, (_, step) => step));
    expect(exact.curve.points.value[50]).toBeCloseTo(0.05, 2);

    const bucketed = await preview({ schedule: cosine, steps: 1_000_000, width: 100 });
    if (bucketed.curve?.mode !== "bucketed") throw new Error("not bucketed");
    expect(bucketed.curve.points.count.reduce((sum, count) => sum + count, 0)).toBe(1_000_000);
    expect((await preview({ schedule: cosine, steps: 50, width: 50 })).curve?.mode).toBe("exact");

    const greedy = { kind: "greedy", rate: 0.1 };
    expect(await preview({ schedule: greedy, steps: 100 })).toMatchObject({
      reactive: true,
      firstRate: 0.1,
      curve: null,
    });
    const fed = await preview({ schedule: greedy, steps: 100, metrics: [3, 2, "NaN", 1] });
    expect(fed.curve).toMatchObject({ mode: "exact", points: { step: [0, 1, 2, 3, 4] } });
  });

  test("what a user should know is said", async () => {
    const schedule = { ...cosine, warmup: { steps: 500 } };
    expect((await preview({ schedule, steps: 100 })).warnings.join(" ")).toMatch(/warmup/);
  });

  test.each([
    ["too many rates for one answer", { schedule: cosine, steps: 100_001 }, "width"],
    ["no steps", { schedule: cosine, steps: 0 }, "steps"],
    ["absurd steps", { schedule: cosine, steps: 1e12 }, "steps"],
    ["an unknown kind", { schedule: { kind: "zigzag" }, steps: 10 }, "schedule.kind"],
    ["a negative rate", { schedule: { kind: "constant", rate: -1 }, steps: 10 }, "schedule.rate"],
    ["a replay of no id", { schedule: { kind: "replay", run: "x" }, steps: 10 }, "schedule.run"],
  ])("refuses %s", async (_name, payload, path) => {
    const body = problemOf(await call("previewSchedule", { payload }));
    expect(body.code).toBe("validation_failed");
    expect(body.errors?.map((issue) => issue.path)).toEqual([path]);
  });

  test("a replay of an unknown run is not found", async () => {
    const payload = { schedule: { kind: "replay", run: nobody }, steps: 10 };
    expect(problemOf(await call("previewSchedule", { payload })).code).toBe("run_not_found");
  });
});

describe("conversion and traces", () => {
  const stepLr = { library: "pytorch", scheduler: "StepLR", kwargs: { step_size: 2, gamma: 0.5 }, base_lr: 0.8 };

  test("a foreign scheduler becomes ours and has the same rates", async () => {
    const converted = (await call("convertSchedule", { payload: stepLr })).json<{ schedule: { kind: string } }>();
    expect(converted.schedule.kind).toBe("step");
    const ours = await preview({ schedule: converted.schedule, steps: 6 });
    const traced = await call("traceSchedules", { payload: { cases: [{ ...stepLr, steps: 6 }] } });
    expect(traced.json()).toEqual({ traces: [{ lr: [0.8, 0.8, 0.4, 0.4, 0.2, 0.2] }] });
    expect(ours.curve).toMatchObject({ points: { value: [0.8, 0.8, 0.4, 0.4, 0.2, 0.2] } });
  });

  test.each([
    [{ ...stepLr, scheduler: "MagicLR" }, /MagicLR.*StepLR/s],
    [{ ...stepLr, kwargs: { step_size: 2, speed: 9 } }, /speed.*gamma/s],
    [{ ...stepLr, kwargs: {} }, /step_size/],
  ])("what cannot be converted is named: %j", async (payload, words) => {
    const body = problemOf(await call("convertSchedule", { payload }));
    expect(body.code).toBe("conversion_failed");
    expect(body.detail).toMatch(words);
  });

  test("a case past its end, one among many, and too many rates", async () => {
    const oneCycle = {
      library: "pytorch",
      scheduler: "OneCycleLR",
      kwargs: { max_lr: 1, total_steps: 5 },
      base_lr: 0.1,
    };
    const past = problemOf(
      await call("traceSchedules", {
        payload: {
          cases: [
            { ...stepLr, steps: 1 },
            { ...oneCycle, steps: 7 },
          ],
        },
      }),
    );
    expect(past).toMatchObject({ code: "past_end", errors: [{ path: "cases[1]" }] });
    const many = problemOf(
      await call("traceSchedules", { payload: { cases: Array(11).fill({ ...stepLr, steps: 100_000 }) } }),
    );
    expect(many).toMatchObject({ code: "validation_failed", errors: [{ path: "cases" }] });
    for (const steps of [0, -1, 1.5, "ten"]) {
      const answer = await call("traceSchedules", { payload: { cases: [{ ...stepLr, steps }] } });
      expect(problemOf(answer).code, String(steps)).toBe("conversion_failed");
    }
  });
});
