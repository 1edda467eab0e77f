import { useQuery } from "@tanstack/react-query";
import { logQuery } from "../api/queries.ts";
import { formatInstant } from "../format/time.ts";
import { Problem } from "./problem.tsx";
import { TableSkeleton } from "./skeleton.tsx";

const tone = { debug: "muted", info: "", warn: "warn", error: "bad" } as const;

/** What worker and trainer said about a run, growing while it runs. */
export function RunLog({ runId }: { readonly runId: string }) {
  const { data, error, refetch } = useQuery(logQuery(runId));
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <TableSkeleton rows={4} />;
  if (data.lines.length === 0) return <p className="panel muted">No worker has said anything about this run yet.</p>;
  return (
    <div className="panel log" tabIndex={0} aria-label="Log">
      <ol>
        {data.lines.map(({ id, at, level, message }) => (
          <li key={id}>
            <time dateTime={at} title={formatInstant(at)} className="muted">
              {at.slice(11, 19)}
            </time>
            <span className={tone[level]}>{level}</span>
            <span>{message}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
