import type { Axis } from "@etude/contracts";
import { onGrid } from "@etude/curves";
import type { Queries, RunFacts } from "@etude/db";

/** Between the steps of one run and the places of an axis. */
export interface RunAxis {
  /** The place of each step; null on the axis step, NaN where it is not known. */
  readonly places: (steps: Float64Array) => Float64Array | null;
  /** The step at a place, perhaps between two. */
  readonly stepAt: (place: number) => number;
}

/** The axis of a run, or why it has none. */
export type RunAxisOrWhy = RunAxis | { readonly why: string };

const proportional = (perStep: number): RunAxis => ({
  places: (steps) => steps.map((step) => step * perStep),
  stepAt: (place) => place / perStep,
});

const byStep: RunAxis = { places: () => null, stepAt: (place) => place };

const clockKey = "elapsed-seconds";
/** A longer clock is read through this many of its readings, and the time between two is interpolated either way. */
const readings = 8192;

/** The run's clock as a function of the step: 0 before the first update, then its readings. */
function byClock(steps: Float64Array, seconds: Float64Array): RunAxis {
  const [known, at] = [new Float64Array(steps.length + 1), new Float64Array(steps.length + 1)];
  known[0] = -1;
  known.set(steps, 1);
  at.set(seconds, 1);
  return {
    places: (wanted) => onGrid(known, at, wanted),
    stepAt: (place) => {
      const after = at.findIndex((one) => one >= place);
      if (after < 0) return place === -Infinity ? place : Number.POSITIVE_INFINITY;
      if (after === 0) return Number.NEGATIVE_INFINITY;
      const [low, high] = [at[after - 1] as number, at[after] as number];
      const [before, here] = [known[after - 1] as number, known[after] as number];
      return before + ((here - before) * (place - low)) / (high - low);
    },
  };
}

async function clocks(queries: Queries, runIds: readonly string[]): Promise<Map<string, RunAxis>> {
  const wanted = runIds.map((runId) => ({ runId, key: clockKey, from: 0, to: Infinity }));
  const found = await queries.series(wanted, readings);
  return new Map(
    found.map((one) => {
      const { steps, values } =
        one.mode === "exact" ? one.points : { steps: one.buckets.step, values: one.buckets.last };
      return [one.runId, byClock(steps, values)];
    }),
  );
}

function ofRun(axis: "epoch" | "progress", { horizon, step, stepsPerEpoch }: RunFacts): RunAxisOrWhy {
  if (axis === "progress") return proportional(1 / Math.max(1, (horizon ?? step) - 1));
  return stepsPerEpoch !== null && stepsPerEpoch > 0
    ? proportional(1 / stepsPerEpoch)
    : { why: "the run does not say how many updates an epoch has: its budget is in steps" };
}

/** The axes of the runs; a run that does not exist has none. */
export async function axesOf(
  queries: Queries,
  axis: Axis,
  runIds: readonly string[],
): Promise<(runId: string) => RunAxisOrWhy> {
  if (axis === "step") return () => byStep;
  const noRun = { why: "there is no such run" };
  if (axis === "seconds") {
    const found = await clocks(queries, runIds);
    return (runId) => found.get(runId) ?? { why: `the run has no clock: no series ${clockKey}` };
  }
  const facts = new Map<string, RunFacts>((await queries.facts(runIds)).map((one) => [one.id, one]));
  return (runId) => {
    const own = facts.get(runId);
    return own ? ofRun(axis, own) : noRun;
  };
}
