import { isEnded, type Run } from "@etude/contracts";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { client } from "../api/client.ts";
import { useRunChanged } from "../api/queries.ts";
import { ConfirmButton } from "./confirm-button.tsx";
import { say, sayError } from "./toasts.tsx";

interface Props {
  readonly run: Run;
  readonly onDeleted?: () => void;
}

/** What may be done with a run in its present status. */
export function RunActions({ run, onDeleted }: Props) {
  const changed = useRunChanged();
  const queries = useQueryClient();
  const runId = run.id;
  /** Trained by Etude; an external run is repeated where it was trained. */
  const own = run.spec.kind === "training";
  const remove = async (): Promise<void> => {
    await client.deleteRun({ runId });
    queries.removeQueries({ queryKey: ["run", runId] });
    await queries.invalidateQueries({ queryKey: ["runs"] });
    say(`Deleted ${run.name}.`);
    onDeleted?.();
  };
  const attempt = (act: () => Promise<void>): void => void act().catch(sayError);
  return (
    <span className="actions">
      {own && (run.status === "running" || run.status === "queued") && (
        <button
          type="button"
          className="quiet"
          title="Writes a checkpoint and waits until it is resumed"
          onClick={() => attempt(async () => changed(await client.pauseRun({ runId })))}
        >
          Pause
        </button>
      )}
      {run.status === "paused" && (
        <button
          type="button"
          className="quiet"
          title="Goes on from its last checkpoint"
          onClick={() => attempt(async () => changed(await client.resumeRun({ runId })))}
        >
          Resume
        </button>
      )}
      {!isEnded(run.status) && run.status !== "cancelling" && (
        <button
          type="button"
          className="quiet"
          onClick={() => attempt(async () => changed(await client.cancelRun({ runId })))}
        >
          Cancel
        </button>
      )}
      {own && (run.status === "failed" || run.status === "cancelled") && (
        <button
          type="button"
          className="quiet"
          title="Goes on from the last checkpoint"
          onClick={() => attempt(async () => changed(await client.retryRun({ runId, body: {} })))}
        >
          Retry
        </button>
      )}
      {own && (
        <Link to="/submit" search={{ from: runId }} className="button quiet" title="A new run with this one's settings">
          Clone
        </Link>
      )}
      {isEnded(run.status) && (
        <ConfirmButton label="Delete" confirm="Delete for good" onConfirm={() => attempt(remove)} />
      )}
    </span>
  );
}
