/** The machine of a sequence: one schedule after the other, each from its own start. */
import type { BoundSchedule, Json, Judged, Needs, Planned } from "./schedule.ts";
import { judged, planned } from "./schedules/_answers.ts";
import { type Curve, isOpenLoop, type OpenLoop, openLoop } from "./schedules/_open-loop.ts";
import { isReactive } from "./schedules/_reactive.ts";
import { reachedBy } from "./schedules/_search.ts";

export interface Stretch {
  readonly bound: BoundSchedule;
  /** First step of the stretch. */
  readonly from: number;
}

type State = { readonly part: number; readonly inner: Json };

const union = (parts: readonly Stretch[]): Needs => ({
  before: [...new Set(parts.flatMap(({ bound }) => bound.needs.before))],
  trainLoss: parts.some(({ bound }) => bound.needs.trainLoss),
  evalLoss: parts.some(({ bound }) => bound.needs.evalLoss),
  judge: parts.some(({ bound }) => bound.needs.judge),
});

/** Returns a function from a step to the index of its stretch; the last one goes on for ever. */
function partsAt(parts: readonly Stretch[]): (step: number) => number {
  const starts = Float64Array.from(parts, ({ from }) => from);
  let from = 0;
  let to = 0;
  let part = 0;
  return (step) => {
    if (step >= from && step < to) return part;
    part = Math.max(0, reachedBy(starts, step) - 1);
    from = starts[part]!;
    to = starts[part + 1] ?? Number.POSITIVE_INFINITY;
    return part;
  };
}

/** Returns one closed formula of several; a stretch with one rate gives it to every group. */
function joinFormulas(parts: readonly (Stretch & { readonly bound: OpenLoop })[]): OpenLoop {
  const groups = Math.max(...parts.map(({ bound }) => bound.curves.length));
  const partAt = partsAt(parts);
  const starts = parts.map(({ from }) => from);
  const join = (own: readonly Curve[]): Curve => {
    return (step) => {
      const part = partAt(step);
      return own[part]!(step - starts[part]!);
    };
  };
  const curves = Array.from({ length: groups }, (_, group) =>
    join(parts.map(({ bound }) => bound.curves[group] ?? bound.curves[0])),
  );
  const momenta = parts.flatMap(({ bound }) => bound.momentum ?? []);
  return momenta.length === parts.length ? openLoop(curves, join(momenta)) : openLoop(curves);
}

/** Returns the joined schedule. The first stretch must begin at step 0. */
export function join(parts: readonly Stretch[]): BoundSchedule {
  if (parts.every((part): part is Stretch & { bound: OpenLoop } => isOpenLoop(part.bound))) return joinFormulas(parts);
  const reacting = parts.map(({ bound }) => bound).filter(isReactive);
  const needs = union(parts);
  const partAt = partsAt(parts);
  const enter = (state: State, step: number): State => {
    const part = partAt(step);
    return part === state.part ? state : { part, inner: parts[part]!.bound.start() };
  };
  return {
    needs,
    range: [
      Math.min(0, ...reacting.map(({ range }) => range[0])),
      Math.max(...reacting.map(({ range }) => range[1]), ...parts.map(({ bound }) => peak(bound))),
    ],
    metricDecides: reacting.every(({ metricDecides }) => metricDecides),
    start: (): State => ({ part: 0, inner: parts[0]!.bound.start() }),
    plan(state, step, before): Planned<Json> {
      const { part, inner } = enter(state as State, step);
      const { bound, from } = parts[part]!;
      const plan = bound.plan(inner, step - from, before);
      return planned({ part, inner: plan.state }, plan.rate, plan.momentum);
    },
    ...(needs.judge && {
      judge(state: Json, trial): Judged<Json> {
        const { part, inner } = state as State;
        const { bound } = parts[part]!;
        if (!bound.judge) return judged(state, "accept");
        const verdict = bound.judge(inner, trial);
        return judged<Json>({ part, inner: verdict.state }, verdict.then);
      },
    }),
    observe(state, step, seen): Json {
      const { part, inner } = state as State;
      const { bound, from } = parts[part]!;
      return { part, inner: bound.observe(inner, step - from, seen) };
    },
  } as BoundSchedule;
}

const peak = (bound: BoundSchedule): number =>
  isOpenLoop(bound) ? Math.max(...bound.curves.map((curve) => curve(0))) : 0;
