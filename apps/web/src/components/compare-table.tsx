import { type Run, scheduleOf, seedOf } from "@etude/contracts";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { stepsToTargetQuery } from "../api/learning-queries.ts";
import { seriesQuery } from "../api/queries.ts";
import type { LineStyle } from "../chart/palette.ts";
import { Swatch } from "../chart/swatch.tsx";
import { formatDelta, formatNumber, formatPercent } from "../format/number.ts";
import { partsOf, rateText, type Score, scheduleText, scoreOf } from "../format/run.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import { Status } from "./status.tsx";

interface Props {
  readonly runs: readonly Run[];
  readonly styles: ReadonlyMap<string, LineStyle>;
  readonly base: string | undefined;
  readonly sort: string | undefined;
  readonly onSort: (sort: string | undefined) => void;
  readonly onBase: (runId: string) => void;
  readonly onRemove: (runId: string) => void;
  /** Validation loss to count the steps to; absent: the highest of the best ones, which every run reaches. */
  readonly target: number | undefined;
  /** Leaves out columns in which all runs agree. */
  readonly differ: boolean;
}

interface Row {
  readonly run: Run;
  readonly score: Score;
  /** Null: the target was never reached. */
  readonly stepsToTarget: number | null | undefined;
}

/** What a column sorts by; smaller first. A missing value comes last. */
const orders = {
  final: ({ score }: Row) => score.validationLoss,
  best: ({ score }: Row) => score.bestValidationLoss,
  steps: ({ stepsToTarget }: Row) => stepsToTarget ?? undefined,
  accuracy: ({ score }: Row) => (score.accuracy === undefined ? undefined : -score.accuracy),
} as const;

/** The legend of a comparison: line, run, schedule and scores, with the difference to a chosen baseline. */
export function CompareTable({ runs, styles, base, sort, onSort, onBase, onRemove, target, differ }: Props) {
  const rows = useRows(runs, target);
  const baseline = rows.find(({ run }) => run.id === base);
  const key = sort !== undefined && Object.hasOwn(orders, sort) ? orders[sort as keyof typeof orders] : undefined;
  const sorted = key
    ? rows.toSorted((a, b) => (key(a) ?? Number.POSITIVE_INFINITY) - (key(b) ?? Number.POSITIVE_INFINITY))
    : rows;
  const varies = (of: (run: Run) => unknown): boolean =>
    !differ || new Set(runs.map((run) => JSON.stringify(of(run)))).size > 1;
  const shown = {
    status: varies(({ status }) => status),
    schedule: varies(({ spec }) => scheduleText(scheduleOf(spec))),
    rate: varies(({ spec }) => rateText(scheduleOf(spec))),
    seed: varies(({ spec }) => seedOf(spec)),
    task: varies(({ spec }) => partsOf(spec)),
  };
  const header = (name: keyof typeof orders, children: ReactNode): ReactNode => (
    <th className="number" aria-sort={sort === name ? "ascending" : "none"}>
      <button type="button" onClick={() => onSort(sort === name ? undefined : name)}>
        {children} {sort === name && "▾"}
      </button>
    </th>
  );
  return (
    <div className="panel flush scroll">
      <table className="grid cards">
        <thead>
          <tr>
            <th aria-label="Line" />
            <th>Run</th>
            {shown.status && <th>Status</th>}
            {shown.schedule && <th colSpan={2}>Schedule</th>}
            {shown.rate && <th className="number">Rate</th>}
            {differ && shown.task && <th>Task</th>}
            {differ && shown.seed && <th className="number">Seed</th>}
            {header("final", "Final val. loss")}
            {header("best", "Best")}
            {header("steps", "Steps to target")}
            {header("accuracy", "Accuracy")}
            <th className="number" title="Final validation loss, less the baseline's">
              Δ to baseline
            </th>
            <th aria-label="Actions" />
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ run, score, stepsToTarget }) => {
            const style = styles.get(run.id);
            return (
              <tr key={run.id} data-run={run.id}>
                <td>{style && <Swatch colour={style.colour} dash={style.dash} />}</td>
                <td className="name">
                  <Link to="/runs/$runId" params={{ runId: run.id }} title={run.name}>
                    {run.name}
                  </Link>
                </td>
                {shown.status && (
                  <td>
                    <Status status={run.status} stale={run.stale} />
                  </td>
                )}
                {shown.schedule && (
                  <>
                    <td>
                      <ScheduleThumb schedule={scheduleOf(run.spec)} horizon={run.horizon} />
                    </td>
                    <td className="nowrap">{scheduleText(scheduleOf(run.spec))}</td>
                  </>
                )}
                {shown.rate && (
                  <td className="number" data-label="rate">
                    {rateText(scheduleOf(run.spec))}
                  </td>
                )}
                {differ && shown.task && <td className="nowrap">{Object.values(partsOf(run.spec)).join(", ")}</td>}
                {differ && shown.seed && (
                  <td className="number" data-label="seed">
                    {seedOf(run.spec)}
                  </td>
                )}
                <td className="number" data-label="final">
                  {formatNumber(score.validationLoss)}
                </td>
                <td className="number" data-label="best">
                  {formatNumber(score.bestValidationLoss)}
                </td>
                <td className="number" data-label="steps">
                  {stepsToTarget === null ? <span className="muted">never</span> : formatNumber(stepsToTarget)}
                </td>
                <td className="number" data-label="accuracy">
                  {formatPercent(score.accuracy)}
                </td>
                <td className="number" data-label="Δ">
                  {run.id === base ? (
                    <span className="muted">baseline</span>
                  ) : (
                    <Delta score={score} base={baseline?.score} />
                  )}
                </td>
                <td className="full">
                  <span className="actions">
                    <button
                      type="button"
                      className="quiet"
                      aria-pressed={run.id === base}
                      onClick={() => onBase(run.id)}
                    >
                      Baseline
                    </button>
                    <button type="button" className="quiet" onClick={() => onRemove(run.id)}>
                      Remove
                    </button>
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Delta({ score, base }: { readonly score: Score; readonly base: Score | undefined }) {
  if (score.validationLoss === undefined || base?.validationLoss === undefined) return <span className="muted">–</span>;
  const delta = score.validationLoss - base.validationLoss;
  return <span className={delta < 0 ? "good" : delta > 0 ? "bad" : ""}>{formatDelta(delta)}</span>;
}

function useRows(runs: readonly Run[], target: number | undefined): Row[] {
  const active = (run: Run): boolean => run.status === "running" || run.status === "cancelling";
  const series = useQueries({
    queries: runs.map((run) => ({ ...seriesQuery(run.id, active(run)), enabled: active(run) })),
  });
  const scores = runs.map((run, i) => scoreOf(run, series[i]?.data?.series));
  const best = scores.flatMap(({ bestValidationLoss }) => bestValidationLoss ?? []).filter(Number.isFinite);
  const wanted = target ?? (best.length > 0 ? Math.max(...best) : undefined);
  const { data: steps } = useQuery({
    ...stepsToTargetQuery(
      runs.map(({ id }) => id),
      wanted,
    ),
    enabled: wanted !== undefined,
  });
  return runs.map((run, i) => ({ run, score: scores[i]!, stepsToTarget: steps?.get(run.id) }));
}
