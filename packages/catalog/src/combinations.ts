/** Which optimizer may run under which schedule; asked by the API before a run is queued and by the trainer. */
import type { ScheduleSpec } from "./schedule-spec.ts";
import { schedulesIn } from "./schedules-in.ts";
import { type OptimizerSpec, optimizerOf } from "./specs.ts";

/** Returns why this optimizer cannot run under this schedule, or undefined when it can. */
export function combinationProblem(optimizer: OptimizerSpec, schedule: ScheduleSpec): string | undefined {
  const { kind, supports } = optimizerOf(optimizer);
  const kinds = schedulesIn(schedule).map(({ spec }) => spec.kind);
  const plain = kinds.every((name) => name === "constant") && !schedule.warmup && !schedule.tail;
  const reason = [
    kinds.includes("line-search") ? supports.lineSearch : true,
    kinds.includes("hypergradient") ? supports.hypergradient : true,
    plain ? true : supports.scheduled,
  ].find((support) => support !== true);
  return reason === undefined
    ? undefined
    : `optimizer ${kind} cannot run under the schedule ${kinds.join(" + ")}: ${reason}`;
}

/** Returns the optimizer as this schedule runs it: the authors' Adam with hypergradient descent adds its ε elsewhere. */
export function optimizerUnder(schedule: ScheduleSpec, optimizer: OptimizerSpec): OptimizerSpec {
  const inside = schedule.kind === "hypergradient" && schedule.epsilon === "inside";
  return inside && "epsilonPlacement" in optimizer ? { ...optimizer, epsilonPlacement: "inside" } : optimizer;
}
