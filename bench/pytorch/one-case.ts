/** Measures one case of ours, in a process of its own so that no other kind shapes the code that V8 compiles for it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { previewSchedule, ScheduleSpec } from "@etude/catalog";
import { bind, drive, lossAt } from "./drive.ts";
import { cases, curves, horizon } from "./schedule-cases.ts";

/** Runs of `horizon` steps in one round, so that a round lasts tens of milliseconds. */
const repeats = 25;
const previews = 40;
const previewSteps = 1_000_000;
const previewWidth = 1000;

const spec = ScheduleSpec.parse(cases.find(({ name }) => name === process.argv[2])!.ours);
const trace = Float64Array.from({ length: horizon }, (_, step) => lossAt(step));

/** Processor seconds of this process that the work took, those of the compiler and the collector included. */
function secondsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Returns the seconds for one rate, and the sum of the rates of a run. */
function round(): { seconds: number; sum: number } {
  let sum = 0;
  const spent = secondsOf(() => {
    for (let run = 0; run < repeats; run++) ({ sum } = drive(bind(spec, horizon), horizon, trace));
  });
  return { seconds: spent / (repeats * horizon), sum };
}

/** Returns the milliseconds of each preview of a million steps in buckets; null where it needs a training. */
function preview(): number[] | null {
  const context = { horizon: previewSteps, groups: ["all"], stepsPerEpoch: 100, curves };
  const metrics = Float64Array.from({ length: previewSteps }, (_, step) => lossAt(step));
  let drawn = true;
  const times = Array.from(
    { length: previews },
    () =>
      1000 *
      secondsOf(() => {
        const options = { steps: previewSteps, width: previewWidth, metrics };
        drawn = previewSchedule(spec, context, options).buckets !== null;
      }),
  );
  return drawn ? times : null;
}

/** Returns what a bound schedule and its last state keep on the heap after whole runs, in bytes, smallest of three. */
function memory(): { steps: number; heapBytes: number; stateBytes: number }[] {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const heap = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  return [1e4, 1e5, 1e6, 1e7].map((steps) => {
    const kept = [0, 1, 2].map(() => {
      const before = heap();
      const bound = bind(spec, steps);
      const { state } = drive(bound, steps);
      const bytes = heap() - before;
      return { bytes, stateBytes: JSON.stringify({ state, needs: bound.needs }).length };
    });
    return { steps, heapBytes: Math.min(...kept.map(({ bytes }) => bytes)), stateBytes: kept[0]!.stateBytes };
  });
}

const measures = { round, preview, memory };
export type Measure = keyof typeof measures;
export type Measurement<Of extends Measure> = ReturnType<(typeof measures)[Of]>;

process.on("message", (what: Measure) => process.send!(measures[what]()));
