import { isEnded, type Run, scheduleOf } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { memo, useEffect, useRef } from "react";
import { seriesQuery } from "../api/queries.ts";
import { formatInteger, formatNumber, formatPercent } from "../format/number.ts";
import { rateText, scheduleText, scoreOf } from "../format/run.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import { Age } from "./age.tsx";
import { Progress } from "./progress.tsx";
import { RunActions } from "./run-actions.tsx";
import { Status } from "./status.tsx";

interface Props {
  readonly run: Run;
  readonly current: boolean;
  readonly selected: boolean;
  readonly onSelect: (runId: string) => void;
}

/** A run as a row of the list. */
export const RunRow = memo(function RunRow({ run, current, selected, onSelect }: Props) {
  const row = useRef<HTMLTableRowElement>(null);
  const active = run.status === "running" || run.status === "cancelling";
  // Ended runs carry their score; only those at work are asked for it.
  const { data } = useQuery({ ...seriesQuery(run.id, active), enabled: active });
  const score = scoreOf(run, data?.series);
  const schedule = scheduleOf(run.spec);
  useEffect(() => {
    if (current) row.current?.scrollIntoView({ block: "nearest" });
  }, [current]);
  return (
    <tr
      ref={row}
      className={`${current ? "current" : ""} ${selected ? "selected" : ""}`}
      aria-selected={selected}
      data-run={run.id}
    >
      <td>
        <input type="checkbox" checked={selected} onChange={() => onSelect(run.id)} aria-label={`Select ${run.name}`} />
      </td>
      <td className="name">
        <Link to="/runs/$runId" params={{ runId: run.id }} title={run.name}>
          {run.name}
        </Link>
      </td>
      <td>
        <Status status={run.status} stale={run.stale} />
      </td>
      <td className="full-thumb">
        <ScheduleThumb schedule={schedule} horizon={run.horizon} />
      </td>
      <td className="nowrap">{scheduleText(schedule)}</td>
      <td className="number" data-label="rate">
        {rateText(schedule)}
      </td>
      <td data-label="step">
        {isEnded(run.status) && run.step === run.horizon ? (
          <span className="muted">{formatInteger(run.step)}</span>
        ) : (
          <Progress step={run.step} horizon={run.horizon} />
        )}
      </td>
      <td className="number" data-label="val loss" title="Validation loss, newest">
        {formatNumber(score.validationLoss)}
      </td>
      <td className="number" data-label="accuracy">
        {formatPercent(score.accuracy)}
      </td>
      <td className="number muted">
        <Age at={run.createdAt} />
      </td>
      <td className="full">
        <RunActions run={run} />
      </td>
    </tr>
  );
});
