import type { Run } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { infoQuery } from "../api/queries.ts";

/** Why a queued run has no curve yet. */
export function WaitingNotice({ run }: { readonly run: Run }) {
  const { data: info } = useQuery(infoQuery);
  if (!info || run.spec.kind === "external") return null;
  const { pool } = run.spec;
  const workers = info.workers.filter((worker) => worker.pool === pool);
  if (workers.length === 0) {
    return (
      <div className="notice warn-notice" role="status">
        <strong>No worker serves the pool {pool}</strong>
        <span>
          The run starts as soon as one does. On this machine <code>npm start</code> brings workers of the pool cpu;
          otherwise start one with <code>ETUDE_POOL={pool}</code>.
        </span>
      </div>
    );
  }
  return (
    <p className="muted" role="status">
      Waiting for one of {workers.length} {workers.length === 1 ? "worker" : "workers"} of the pool {pool};{" "}
      {info.waiting} {info.waiting === 1 ? "run waits" : "runs wait"}.
    </p>
  );
}
