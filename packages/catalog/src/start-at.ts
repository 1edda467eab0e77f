import type { BoundSchedule } from "./schedule.ts";

/** Returns the schedule for a run that begins at step `first`: that step is its step 0. */
export const startAt = (schedule: BoundSchedule, first: number): BoundSchedule =>
  first === 0
    ? schedule
    : {
        ...schedule,
        plan: (state, step, before) => schedule.plan(state, step - first, before),
        observe: (state, step, seen) => schedule.observe(state, step - first, seen),
      };
