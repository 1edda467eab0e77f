import type { Instance, Problem } from "./problem.ts";

/** Weights that are updated together: all of a joint problem, one group of an alternating one. */
export interface Part {
  readonly indices: readonly number[];
  readonly groups: readonly number[];
  /** What `Instance` is told; undefined for all groups. */
  readonly only: number | undefined;
}

/** Returns the parts of one update, in order. */
export function partsOf({ update, groups }: Problem, { groupOf }: Instance): Part[] {
  const all = groups.map((_, group) => group);
  const part = (members: readonly number[], only: number | undefined): Part => ({
    indices: groupOf.flatMap((group, index) => (members.includes(group) ? [index] : [])),
    groups: members,
    only,
  });
  return update === "joint" ? [part(all, undefined)] : all.map((group) => part([group], group));
}
