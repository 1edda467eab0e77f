import type { Judged, Json } from "../schedule.ts";

/** Returns a verdict on a trial with the state after it. */
export const judged = <State extends Json>(state: State, then: Judged<State>["then"]): Judged<State> =>
  // oxlint-disable-next-line unicorn/no-thenable -- the contract's word; it is data, never a function.
  ({ state, then });
