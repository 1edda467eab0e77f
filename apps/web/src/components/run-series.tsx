import type { Run, SeriesSummary } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { seriesQuery } from "../api/queries.ts";
import { ChartStack } from "../chart/chart-stack.tsx";
import { styleOfSlot } from "../chart/palette.ts";
import type { Plot, Range } from "../chart/types.ts";
import { formatInteger, formatNumber, fromJson } from "../format/number.ts";
import type { RunFeed } from "../live/run-feed.ts";
import type { RunSearch } from "../state/search.ts";
import { Problem } from "./problem.tsx";
import { TableSkeleton } from "./skeleton.tsx";

interface Props {
  readonly run: Run;
  readonly feed: RunFeed;
  readonly search: RunSearch;
  readonly update: (change: Partial<RunSearch>) => void;
}

/** Every series that a run recorded, with its figures; the chosen ones are drawn. */
export function RunSeries({ run, feed, search, update }: Props) {
  const active = run.status === "running" || run.status === "cancelling";
  const { data, error, refetch } = useQuery(seriesQuery(run.id, active));
  const shown = search.keys ?? [];
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <TableSkeleton rows={6} />;
  if (data.series.length === 0) {
    return <p className="panel muted">Series appear with the first recorded step, once a worker takes the run.</p>;
  }
  const toggle = (key: string): void => {
    const keys = shown.includes(key) ? shown.filter((one) => one !== key) : [...shown, key];
    update({ keys: keys.length === 0 ? undefined : keys });
  };
  return (
    <div className="stack">
      {shown.length > 0 && <SeriesCharts run={run} feed={feed} search={search} update={update} keys={shown} />}
      <div className="panel flush scroll">
        <table className="grid">
          <thead>
            <tr>
              <th>Series</th>
              <th className="number">Points</th>
              <th className="number">Last</th>
              <th className="number">Min</th>
              <th className="number">at</th>
              <th className="number">Max</th>
              <th className="number">at</th>
              <th className="number">Mean</th>
              <th className="number" title="Values that are NaN or infinite">
                Not finite
              </th>
            </tr>
          </thead>
          <tbody>
            {data.series.map((one) => (
              <SeriesRow key={one.key} series={one} shown={shown.includes(one.key)} onToggle={toggle} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

interface RowProps {
  readonly series: SeriesSummary;
  readonly shown: boolean;
  readonly onToggle: (key: string) => void;
}

function SeriesRow({ series, shown, onToggle }: RowProps) {
  return (
    <tr>
      <td>
        <label className="check">
          <input type="checkbox" checked={shown} onChange={() => onToggle(series.key)} />
          <span className="mono">{series.key}</span>
        </label>
      </td>
      <td className="number">{formatInteger(series.points)}</td>
      <td className="number">{formatNumber(fromJson(series.last))}</td>
      <td className="number">{formatNumber(series.min)}</td>
      <td className="number muted">{formatNumber(series.minStep)}</td>
      <td className="number">{formatNumber(series.max)}</td>
      <td className="number muted">{formatNumber(series.maxStep)}</td>
      <td className="number">{formatNumber(series.mean)}</td>
      <td className={`number ${series.nonFinite > 0 ? "bad" : "muted"}`}>{series.nonFinite}</td>
    </tr>
  );
}

function SeriesCharts({ run, feed, search, update, keys }: Props & { readonly keys: readonly string[] }) {
  const { from, to } = search;
  const zoom: Range | undefined = from === undefined || to === undefined ? undefined : [from, to];
  const plots = useMemo(
    () =>
      keys.map((key, i): Plot => {
        const { colour } = styleOfSlot(i);
        return {
          id: key,
          title: key,
          height: "short",
          scale: "linear",
          traces: [{ id: key, label: "", colour, look: "band", curve: () => feed.curve(key) }],
        };
      }),
    [keys, feed],
  );
  const { horizon } = run;
  const whole = useCallback((): Range => [0, Math.max(1, (horizon ?? 0) - 1, feed.lastStep())], [horizon, feed]);
  return (
    <div className="panel">
      <ChartStack
        label={`Series ${keys.join(", ")} of ${run.name} by step`}
        plots={plots}
        xLabel="step"
        signal={feed}
        whole={whole}
        zoom={zoom}
        onZoom={(range) => update({ from: range && Math.round(range[0]), to: range && Math.round(range[1]) })}
      />
    </div>
  );
}
