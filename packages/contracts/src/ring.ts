/**
 * What goes over the bus. The bus only rings: a lost message costs latency, never a point.
 * `run:<id>` carries rings, `run-control:<id>` carries requests to the worker that holds the run, `runs` tells that a
 * run was created, changed or deleted.
 */
import { z } from "zod";
import { RunId, StudyId } from "./ids.ts";

export const channels = {
  run: (runId: string): string => `run:${runId}`,
  control: (runId: string): string => `run-control:${runId}`,
  /** Viewers of any run announce themselves here, so that supervisors flush often only while somebody looks. */
  watch: "watch",
  runs: "runs",
} as const;

export const Ring = z.discriminatedUnion("type", [
  /** After a commit: the log now holds `to` points. A binary frame may follow the header. */
  z.object({ type: z.literal("appended"), runId: RunId, attempt: z.int(), from: z.int(), to: z.int() }),
  z.object({ type: z.literal("rewound"), runId: RunId, attempt: z.int(), step: z.number() }),
  z.object({ type: z.literal("changed"), runId: RunId }),
  z.object({ type: z.literal("logged"), runId: RunId }),
]);
export type Ring = z.output<typeof Ring>;

export const RunsRing = z.object({
  type: z.enum(["created", "changed", "deleted"]),
  runId: RunId,
  studyId: StudyId.nullable(),
});
export type RunsRing = z.output<typeof RunsRing>;

export const ControlRing = z.object({ type: z.enum(["cancel", "pause"]), runId: RunId });
export type ControlRing = z.output<typeof ControlRing>;

/** Sent on subscribing and every 10 s while anybody views the run. */
export const WatchRing = z.object({ runId: RunId });
