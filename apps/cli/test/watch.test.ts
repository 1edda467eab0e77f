import type { LiveEvent } from "@etude/sdk";
import { describe, expect, it } from "vitest";
import { createStyle } from "../src/format/style.ts";
import { jsonPresenter } from "../src/watch/json-presenter.ts";
import { lineOf, linePresenter } from "../src/watch/line-presenter.ts";
import { drawRuns, joinWithin } from "../src/watch/view.ts";
import { WatchedRun } from "../src/watch/watched-run.ts";
import { aRun } from "./a-run.ts";

const plain = createStyle(false);

/** Points of `n` steps of a training that goes well. */
function pointsOf(watched: WatchedRun, n: number): LiveEvent {
  const every = Float64Array.from({ length: n }, (_, step) => step);
  const evaluated = every.filter((step) => step % 50 === 49);
  const series = (key: string, index: number, f: (step: number) => number, steps = every) => ({
    key,
    index,
    from: 0,
    steps,
    values: steps.map(f),
  });
  return {
    type: "points-appended",
    runId: watched.run.id,
    attempt: 1,
    from: 0,
    to: 3 * n + 2 * evaluated.length,
    cursor: "c",
    series: [
      series("train/loss", 0, (step) => 2.3 * 0.99 ** step + 0.05),
      series("learning-rate", 1, (step) => 0.1 * 0.95 ** Math.floor(step / 40)),
      series("elapsed-seconds", 2, (step) => (step + 1) / 150),
      series("validation/loss", 3, (step) => 2.3 * 0.99 ** step + 0.15, evaluated),
      series("validation/accuracy", 4, (step) => 1 - 0.9 * 0.98 ** step, evaluated),
    ],
  };
}

const watchedAt = (n: number, changes: Parameters<typeof aRun>[0] = {}): WatchedRun => {
  const watched = new WatchedRun(aRun({ step: n, ...changes }));
  watched.apply(pointsOf(watched, n));
  return watched;
};

describe("the picture of a run", () => {
  it("has progress, speed, time left, values, loss and rate", () => {
    const picture = drawRuns([watchedAt(400)], { columns: 80, rows: 24 }, plain);
    expect(`\n${picture.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      digits mlp greedy  running  aaaa0001
      ━━━━━━━━────────────  40%  400 / 1000 steps   150 steps/s   4.0 s left
      train loss 0.0917   validation loss 0.1917   accuracy 0.9997   rate 0.06302

                loss  ━ train  ━ validation
               │⢣
             2 ┤⠈⣆
               │ ⠘⣆
               │  ⠘⣦⡀
               │   ⠘⢗⡄
             1 ┤    ⠈⢫⣆
               │      ⠙⢷⡤⡀
               │        ⠙⠮⣦⢄⡀
               │          ⠈⠙⠺⢵⣢⡤⢄⣀⡀
               │               ⠉⠉⠓⠚⠻⠭⠭⠶⢶⣒⣒⣒⡂
                learning rate
           0.1 ┤⠉⠉⢹⣀⣀⣀
               │     ⠸⠤⠤⡄
               │        ⠓⠒⠲⡀
          0.08 ┤           ⠉⠉⠹⠤⠤⡄
               │                ⠉⠉⠉⣇⣀⣀
               │                     ⠘⠒⠒⢲⣀⣀⡀
               └┴────────────┴─────────────┴────────────┴─────────────┴─────────────
                0           200           400          600           800
      "
    `);
  });

  it("of several runs has a row for each and shared charts", () => {
    const others = watchedAt(1000, { id: "0193a8f0-0000-7000-8000-0000aaaa0002" as never, status: "completed" });
    const waiting = new WatchedRun(
      aRun({ id: "0193a8f0-0000-7000-8000-0000aaaa0003" as never, status: "queued", horizon: null }),
    );
    const picture = drawRuns([watchedAt(200), others, waiting], { columns: 100, rows: 22 }, plain);
    expect(`\n${picture.join("\n")}\n`).toMatchInlineSnapshot(`
      "
      ━━ aaaa0001 digits mlp greedy ━━────────  20% running      loss 0.4613      rate 0.08145
      ━━ aaaa0002 digits mlp greedy ━━━━━━━━━━ 100% completed    loss 0.1501
      ━━ aaaa0003 digits mlp greedy ──────────   0% queued

                loss  train
               │⠳⡀
             2 ┤ ⠙⣄
               │  ⠈⢦⡀
               │    ⠙⢦⡀
             1 ┤      ⠙⠢⣄
               │        ⠈⠙⠢⢄⣀
               │            ⠈⠙⠒⠦⠤⣀⣀⡀
               │                   ⠉⠉⠉⠓⠒⠒⠒⠲⠤⠤⠤⠤⠤⠤⠤⠤⠤⣄⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
                learning rate
           0.1 ┤⠉⠉⠉⠹⠤⠤⠤⣄⣀⣀⣀
               │          ⠘⠒⠒⠒⠦⠤⠤⢤⣀⣀⣀⡀
               │                     ⠓⠒⠒⠲⠤⠤⠤⣄⣀⣀⣀
               │                               ⠈⠉⠉⠉⠓⠒⠒⠲⠤⠤⠤⣄⣀⣀⣀
          0.05 ┤                                             ⠈⠉⠉⠉⠓⠒⠒⠒⠒⠒⠒⠦⠤⠤⢤⣀⣀⣀⡀
               │                                                               ⠉⠉⠉⠉⠉⠉⠉⠓⠒⠒⠒⠒⠒⠒⠦⠤⠤⢤⣀⣀⣀⣀⣀⣀⣀
               └┴────────────────┴─────────────────┴────────────────┴─────────────────┴─────────────────
                0               200               400              600               800
      "
    `);
  });

  it.each([
    [40, 12],
    [80, 24],
    [300, 100],
    [80, 4],
    [20, 5],
  ])("fits a terminal of %d × %d", (columns, rows) => {
    for (const count of [1, 3, 30]) {
      const runs = Array.from({ length: count }, () => watchedAt(100));
      const picture = drawRuns(runs, { columns, rows }, plain);
      expect(picture.length).toBeLessThanOrEqual(rows);
      if (columns >= 80) expect(Math.max(...picture.map((line) => [...line].length))).toBeLessThanOrEqual(columns);
    }
  });

  it("says what went wrong, and that the line is down", () => {
    const failed = watchedAt(50, {
      status: "failed",
      failure: { reason: "diverged", message: "The loss became NaN at step 50." },
    });
    failed.apply({ type: "connection-lost", reason: "closed with code 1006", retryAfterMs: 100 });
    const text = drawRuns([failed], { columns: 80, rows: 24 }, plain).join("\n");
    expect(text).toContain("failed: diverged");
    expect(text).toContain("The loss became NaN at step 50.");
    expect(text).toContain("connection lost (closed with code 1006), trying again");
    failed.apply({ type: "connection-opened" });
    expect(drawRuns([failed], { columns: 80, rows: 24 }, plain).join("\n")).not.toContain("connection lost");
  });
});

describe("watched run", () => {
  it("is complete when it has ended and all its points are here", () => {
    const watched = watchedAt(100);
    expect(watched.complete).toBe(false);
    watched.apply({ type: "run-changed", run: aRun({ status: "completed", points: 305 }) });
    expect(watched.complete).toBe(false);
    watched.apply({ type: "run-changed", run: aRun({ status: "completed", points: watched.history.points }) });
    expect(watched.complete).toBe(true);
  });

  it("estimates speed and time left from the training's own clock first, then from what it sees", () => {
    const watched = watchedAt(400);
    expect(watched.stepsPerSecond).toBeCloseTo(150, 6);
    expect(watched.secondsLeft).toBeCloseTo(4, 6);
    expect(new WatchedRun(aRun()).secondsLeft).toBeUndefined();
    const live = new WatchedRun(aRun());
    live.apply(pointsOf(live, 100), 1000);
    live.apply(pointsOf(live, 400), 4000);
    expect(live.stepsPerSecond).toBe(100);
    live.apply(pointsOf(live, 450), 17_000);
    expect(live.stepsPerSecond).toBeCloseTo(50 / 13, 6);
  });
});

describe("without a terminal", () => {
  it("a line tells everything", () => {
    expect(lineOf(watchedAt(400), plain)).toBe(
      "aaaa0001  running  step 400/1000 40%  train loss 0.0917  validation loss 0.1917  accuracy 0.9997  rate 0.06302  150 steps/s  4.0 s left",
    );
  });

  it("lines come when the status changes, not with every point, and at the end", () => {
    const lines: string[] = [];
    const presenter = linePresenter({ print: (text) => void lines.push(text), style: plain });
    const watched = new WatchedRun(aRun({ status: "queued" }));
    presenter.changed(watched, undefined);
    watched.run = aRun();
    presenter.changed(watched, { type: "run-changed", run: watched.run });
    for (let i = 0; i < 10; i += 1) presenter.changed(watched, undefined);
    watched.run = aRun({ status: "completed", endedAt: "2026-01-01T00:01:00.000Z" });
    presenter.changed(watched, { type: "run-changed", run: watched.run });
    presenter.end([watched]);
    expect(lines.map((line) => line.split("  ")[1])).toEqual(["queued", "running", "completed"]);
  });

  it("--json prints events with their columns as lists", () => {
    const printed: unknown[] = [];
    const watched = new WatchedRun(aRun());
    const head = { runId: "r", attempt: 1, from: 0, to: 2, cursor: "c" };
    jsonPresenter({ printJson: (value) => void printed.push(value) }).changed(watched, {
      type: "points-appended",
      ...head,
      series: [
        { key: "train/loss", index: 0, from: 0, steps: Float64Array.of(0, 1), values: Float64Array.of(1, Number.NaN) },
      ],
    });
    expect(printed).toEqual([
      {
        type: "points-appended",
        ...head,
        series: [{ key: "train/loss", index: 0, from: 0, steps: [0, 1], values: [1, "NaN"] }],
      },
    ]);
  });
});

it("joinWithin keeps whole parts", () => {
  expect(joinWithin(["one", undefined, "two", "three"], 10)).toBe("one   two");
});
