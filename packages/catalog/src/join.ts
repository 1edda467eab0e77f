/** The machine of a sequence: one schedule after the other, each from its own start. */
import type { BoundSchedule, Json, Judged, Needs, Planned } from "./schedule.ts";
import { judged } from "./schedules/_judged.ts";
import { type Curve, isOpenLoop, type OpenLoop, openLoop } from "./schedules/_open-loop.ts";
import { isReactive } from "./schedules/_reactive.ts";

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

/** Returns the index of the stretch that `step` lies in; the last one goes on for ever. */
function partAt(parts: readonly Stretch[], step: number): number {
  let part = 0;
  while (part + 1 < parts.length && parts[part + 1]!.from <= step) part++;
  return part;
}

/** Returns one closed formula of several; a stretch with one rate gives it to every group. */
function joinFormulas(parts: readonly (Stretch & { readonly bound: OpenLoop })[]): OpenLoop {
  const groups = Math.max(...parts.map(({ bound }) => bound.curves.length));
  const curves = Array.from({ length: groups }, (_, group): Curve => {
    const own = parts.map(({ bound }) => bound.curves[group] ?? bound.curves[0]);
    return (step) => {
      const part = partAt(parts, step);
      return own[part]!(step - parts[part]!.from);
    };
  });
  if (!parts.every(({ bound }) => bound.momentum)) return openLoop(curves);
  return openLoop(curves, (step) => {
    const { bound, from } = parts[partAt(parts, step)]!;
    return bound.momentum!(step - from);
  });
}

/** Returns the joined schedule. The first stretch must begin at step 0. */
export function join(parts: readonly Stretch[]): BoundSchedule {
  if (parts.every((part): part is Stretch & { bound: OpenLoop } => isOpenLoop(part.bound))) return joinFormulas(parts);
  const reacting = parts.map(({ bound }) => bound).filter(isReactive);
  const needs = union(parts);
  const enter = (state: State, step: number): State => {
    const part = partAt(parts, step);
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
      const planned = bound.plan(inner, step - from, before);
      return { ...planned, state: { part, inner: planned.state } };
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
