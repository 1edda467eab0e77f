import { channels, type ControlRing, type Ring, type Run, type RunsRing } from "@etude/contracts";
import type { Bus } from "@etude/service";

/** Tells everybody that a run was created, changed or deleted. */
export function announce(bus: Bus, type: RunsRing["type"], run: Pick<Run, "id" | "studyId">): void {
  const ring: RunsRing = { type, runId: run.id, studyId: run.studyId };
  bus.publish(channels.runs, { header: JSON.stringify(ring) });
  if (type === "created") return;
  const changed: Ring = { type: "changed", runId: run.id };
  bus.publish(channels.run(run.id), { header: JSON.stringify(changed) });
}

/** Asks the worker that holds the run; it also reads the status in the row, so a lost message costs seconds. */
export function control(bus: Bus, type: ControlRing["type"], runId: ControlRing["runId"]): void {
  const ring: ControlRing = { type, runId };
  bus.publish(channels.control(runId), { header: JSON.stringify(ring) });
}
