import { isEnded, type Run, scheduleOf } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { type ReactElement, useCallback, useEffect, useMemo } from "react";
import { problemOf } from "../api/problem.ts";
import { runQuery } from "../api/queries.ts";
import { ChartStack } from "../chart/chart-stack.tsx";
import type { Range } from "../chart/types.ts";
import { ArtifactList } from "../components/artifact-list.tsx";
import { ChartTools } from "../components/chart-tools.tsx";
import { NowPanel } from "../components/now-panel.tsx";
import { Problem } from "../components/problem.tsx";
import { RunFacts } from "../components/run-facts.tsx";
import { FailureNotice, RunHead } from "../components/run-head.tsx";
import { RunLog } from "../components/run-log.tsx";
import { RunNext } from "../components/run-next.tsx";
import { RunSeries } from "../components/run-series.tsx";
import { RunConfig } from "../components/run-config.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { WaitingNotice } from "../components/waiting-notice.tsx";
import { useFeedKeys, useFeedState, useFollowRetry, useRunFeed } from "../live/feeds.ts";
import type { RunFeed } from "../live/run-feed.ts";
import { outlineOf } from "../schedule/outline.ts";
import { defaultSmoothing, type RunSearch, runTabs } from "../state/search.ts";
import { usePageTitle } from "../state/title.ts";
import { runPlots } from "./run-plots.ts";

const route = getRouteApi("/runs/$runId");

/** One run: its curves, live, and everything known about it. */
export function RunPage(): ReactElement {
  const { runId } = route.useParams();
  const query = useQuery(runQuery(runId));
  const { data: run, refetch } = query;
  const error = problemOf(query);
  usePageTitle(run?.name ?? "Run");
  if (error && !run) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!run) return <TableSkeleton rows={6} />;
  return <RunView key={run.id} run={run} />;
}

function RunView({ run }: { readonly run: Run }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const feed = useRunFeed(run.id);
  const state = useFeedState(feed);
  useFollowRetry(feed, !isEnded(run.status));
  const update = useCallback(
    (change: Partial<RunSearch>) =>
      void navigate({ search: (known) => ({ ...known, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  const tab = search.tab ?? "overview";
  return (
    <div className="stack">
      <RunHead run={run} feed={feed} state={state} onDeleted={() => void navigate({ to: "/", search: {} })} />
      {run.failure && <FailureNotice failure={run.failure} />}
      {run.status === "queued" && <WaitingNotice run={run} />}
      {state.name === "failed" && <Problem error={state.error} />}
      <RunCharts run={run} feed={feed} search={search} update={update} />
      <div className="tabs" role="tablist" aria-label="About this run">
        {tabsOf(run).map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            aria-selected={name === tab}
            onClick={() => update({ tab: name === "overview" ? undefined : name })}
          >
            {tabNames[name]}
          </button>
        ))}
      </div>
      {tab === "overview" && <RunFacts run={run} />}
      {tab === "series" && <RunSeries run={run} feed={feed} search={search} update={update} />}
      {tab === "config" && <RunConfig run={run} />}
      {tab === "log" && <RunLog runId={run.id} />}
      {tab === "next" && <RunNext run={run} />}
      {tab === "files" && (
        <div className="panel">
          <ArtifactList run={run} />
        </div>
      )}
    </div>
  );
}

const tabNames = {
  overview: "Overview",
  series: "Series",
  config: "Config",
  log: "Log",
  next: "What next",
  files: "Files",
} as const;

/** Work leaves files; what has a learning rate can be gone on with. */
const tabsOf = ({ spec }: Run): readonly (typeof runTabs)[number][] => {
  const work = spec.kind === "study" || spec.kind === "policy-training";
  return runTabs.filter((name) => name !== (work ? "next" : "files"));
};

interface ChartsProps {
  readonly run: Run;
  readonly feed: RunFeed;
  readonly search: RunSearch;
  readonly update: (change: Partial<RunSearch>) => void;
}

function RunCharts({ run, feed, search, update }: ChartsProps) {
  const smooth = search.smooth ?? defaultSmoothing;
  const log = search.log ?? false;
  const { from, to } = search;
  const zoom = useMemo(
    (): Range | undefined => (from === undefined || to === undefined ? undefined : [from, to]),
    [from, to],
  );
  useEffect(() => feed.zoomTo(zoom), [feed, zoom]);
  const keys = useFeedKeys(feed);
  const { horizon, spec } = run;
  const schedule = scheduleOf(spec);
  const reactive = (schedule && outlineOf(schedule, horizon)?.reactive) ?? false;
  const plots = useMemo(
    () => runPlots(feed, keys, { smoothing: smooth, log, reactive }),
    [feed, keys, smooth, log, reactive],
  );
  // Before a worker has seen the data, a length in steps is known from the spec.
  const length = horizon ?? ("budget" in spec && "steps" in spec.budget ? spec.budget.steps : 0);
  const whole = useCallback((): Range => [0, Math.max(1, length - 1, feed.lastStep())], [length, feed]);
  return (
    <div className="run-layout">
      <div className="panel">
        <ChartStack
          label={`Loss and learning rate of ${run.name} by step`}
          plots={plots}
          xLabel="step"
          signal={feed}
          whole={whole}
          zoom={zoom}
          onZoom={(range) => update({ from: range && Math.round(range[0]), to: range && Math.round(range[1]) })}
          tools={
            <ChartTools
              log={log}
              onLog={(log) => update({ log: log || undefined })}
              smooth={smooth}
              onSmooth={(smooth) => update({ smooth: smooth === defaultSmoothing ? undefined : smooth })}
              zoomed={zoom !== undefined}
              onReset={() => update({ from: undefined, to: undefined })}
            />
          }
        />
      </div>
      <NowPanel run={run} feed={feed} />
    </div>
  );
}
