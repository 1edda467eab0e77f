/** What a machine answers, made without spreads: V8 copies a spread object many times slower than fields by name. */
import type { Judged, Json, Planned, Rate } from "../schedule.ts";

/** Returns a plan; momentum only where there is one. */
export const planned = (state: Json, rate: Rate, momentum: number | null | undefined): Planned<Json> =>
  typeof momentum === "number" ? { state, rate, momentum } : { state, rate };

/** Returns a verdict on a trial with the state after it. */
export const judged = <State extends Json>(state: State, then: Judged<State>["then"]): Judged<State> =>
  // oxlint-disable-next-line unicorn/no-thenable -- the contract's word; it is data, never a function.
  ({ state, then });
