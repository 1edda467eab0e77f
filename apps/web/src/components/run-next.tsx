import { isEnded, type Run } from "@etude/contracts";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../api/client.ts";
import { checkpointsQuery, similarQuery } from "../api/learning-queries.ts";
import { formatBytes, formatInteger, formatNumber } from "../format/number.ts";
import { rateText, scheduleText } from "../format/run.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import { Problem } from "./problem.tsx";
import { Status } from "./status.tsx";

/** What may follow from a run: going on from a checkpoint, a schedule refined from it, and runs with rates like its own. */
export function RunNext({ run }: { readonly run: Run }) {
  return (
    <div className="stack">
      <Forks run={run} />
      {run.status === "completed" && <Refine run={run} />}
      {isEnded(run.status) && <Similar run={run} />}
    </div>
  );
}

function Forks({ run }: { readonly run: Run }) {
  const { data, error } = useQuery(checkpointsQuery(run.id, run.step));
  if (run.spec.kind !== "training") return null;
  return (
    <section className="panel stack" aria-labelledby="forks">
      <h2 id="forks">Fork from here</h2>
      <p className="muted">
        A new run takes weights and optimizer from a checkpoint and goes on under another schedule, which starts anew
        there.
      </p>
      {error && <Problem error={error} />}
      {data?.checkpoints.length === 0 && (
        <p>No checkpoint is kept. With checkpoint.keep = all a run keeps each of them, and one at its end.</p>
      )}
      <ul className="files">
        {data?.checkpoints.map(({ step, attempt, bytes }) => (
          <li key={`${attempt} ${step}`}>
            <Link to="/submit" search={{ from: run.id, step }} className="button">
              Step {formatInteger(step)}
            </Link>
            <span className="muted">{formatBytes(bytes)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Refine({ run }: { readonly run: Run }) {
  const refine = useMutation({ mutationFn: () => client.refineSchedule({ body: { runId: run.id } }) });
  return (
    <section className="panel stack" aria-labelledby="refine">
      <h2 id="refine">Refine</h2>
      <p className="muted">The schedule that the gradient norms of this run suggest for the next.</p>
      {refine.data ? (
        <div className="row">
          <ScheduleThumb schedule={refine.data.schedule} horizon={run.horizon} />
          <span>
            {scheduleText(refine.data.schedule)}, highest rate {formatNumber(refine.data.peak)}
          </span>
          <Link to="/submit" search={{ spec: JSON.stringify(refine.data.runSpec) }} className="button primary">
            Open in the form
          </Link>
        </div>
      ) : (
        <div>
          <button type="button" disabled={refine.isPending} onClick={() => refine.mutate()}>
            {refine.isPending ? "Computing" : "Refine the schedule"}
          </button>
        </div>
      )}
      {refine.error && <Problem error={refine.error} />}
    </section>
  );
}

function Similar({ run }: { readonly run: Run }) {
  const [scaleFree, setScaleFree] = useState(false);
  const { data, error } = useQuery(similarQuery(run.id, scaleFree));
  const found = data?.found.filter((one) => one.run.id !== run.id) ?? [];
  return (
    <section className="panel stack" aria-labelledby="similar">
      <div className="row spread">
        <h2 id="similar">Similar schedules</h2>
        <label className="check">
          <input type="checkbox" checked={scaleFree} onChange={(event) => setScaleFree(event.target.checked)} />
          shape only
        </label>
      </div>
      {error && <Problem error={error} />}
      {data && found.length === 0 && <p className="muted">No other run that ended has recorded rates.</p>}
      {found.length > 0 && (
        <div className="scroll">
          <table className="grid">
            <thead>
              <tr>
                <th>Run</th>
                <th>Status</th>
                <th colSpan={2}>Schedule</th>
                <th className="number">Rate</th>
                <th className="number" title="Root mean square of the difference of log10 rates">
                  Distance, decades
                </th>
                <th className="number" title="How many times higher its rates are, on geometric average">
                  Scale
                </th>
                <th className="number">Val. loss</th>
              </tr>
            </thead>
            <tbody>
              {found.map(({ run: other, distance, scale }) => {
                const schedule = "schedule" in other.spec ? other.spec.schedule : undefined;
                const loss = other.summary?.finalValidationLoss;
                return (
                  <tr key={other.id}>
                    <td className="name">
                      <Link to="/runs/$runId" params={{ runId: other.id }}>
                        {other.name}
                      </Link>
                    </td>
                    <td>
                      <Status status={other.status} stale={other.stale} />
                    </td>
                    <td>
                      <ScheduleThumb schedule={schedule} horizon={other.horizon} />
                    </td>
                    <td className="nowrap">{scheduleText(schedule)}</td>
                    <td className="number">{rateText(schedule)}</td>
                    <td className="number">{formatNumber(distance)}</td>
                    <td className="number">{formatNumber(scale)}</td>
                    <td className="number">{loss === undefined ? "–" : formatNumber(Number(loss))}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
