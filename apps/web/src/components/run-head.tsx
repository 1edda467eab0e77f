import { type Failure, isEnded, type Run } from "@etude/contracts";
import { useRef } from "react";
import { formatInteger, formatNumber } from "../format/number.ts";
import { remedies } from "../format/run.ts";
import { formatDuration, secondsLeft } from "../format/time.ts";
import type { FeedState, RunFeed } from "../live/run-feed.ts";
import { useReadout } from "../live/use-readout.ts";
import { shareDone } from "./progress.tsx";
import { RunActions } from "./run-actions.tsx";
import { Status } from "./status.tsx";

interface Props {
  readonly run: Run;
  readonly feed: RunFeed;
  readonly state: FeedState;
  readonly onDeleted: () => void;
}

/** Name, status, progress, pace and time left of a run, and what may be done with it. */
export function RunHead({ run, feed, state, onDeleted }: Props) {
  const active = !isEnded(run.status);
  return (
    <header className="run-head">
      <h1>{run.name}</h1>
      <Status status={run.status} stale={run.stale} />
      {active ? <LiveFigures run={run} feed={feed} /> : <EndedFigures run={run} />}
      <FeedMark state={state} active={active} />
      {run.attempt > 1 && (
        <span className="muted" title="How often a worker has taken it">
          attempt {run.attempt}
        </span>
      )}
      <RunActions run={run} onDeleted={onDeleted} />
    </header>
  );
}

function LiveFigures({ run, feed }: { readonly run: Run; readonly feed: RunFeed }) {
  const bar = useRef<HTMLElement>(null);
  const text = useRef<HTMLSpanElement>(null);
  const { horizon } = run;
  useReadout(feed, () => {
    const done = Math.max(run.step, feed.lastStep() + 1);
    const share = shareDone(done, horizon);
    const pace = feed.pace.perSecond(performance.now());
    const left = secondsLeft(done, horizon, pace);
    if (bar.current) bar.current.style.width = `${share * 100}%`;
    if (!text.current) return;
    text.current.textContent = [
      horizon === null ? "" : `${Math.floor(share * 100)} %`,
      `${formatInteger(done)} / ${horizon === null ? "?" : formatInteger(horizon)}`,
      pace > 0 ? `${formatNumber(Number(pace.toPrecision(3)))} steps/s` : "",
      left === undefined || run.status !== "running" ? "" : `ETA ${formatDuration(left)}`,
    ]
      .filter((part) => part !== "")
      .join("  ·  ");
  });
  return (
    <span className="row" role="group" aria-label="Progress">
      <span className="progress" aria-hidden="true">
        <i ref={bar} />
      </span>
      <span ref={text} data-testid="progress" />
    </span>
  );
}

function EndedFigures({ run }: { readonly run: Run }) {
  const { summary, horizon } = run;
  const parts = [`${formatInteger(run.step)}${horizon === null ? "" : ` / ${formatInteger(horizon)}`} steps`];
  if (summary) {
    parts.push(
      formatDuration(summary.seconds),
      `${formatNumber(Number(summary.stepsPerSecond.toPrecision(3)))} steps/s`,
    );
  }
  return <span className="muted">{parts.join("  ·  ")}</span>;
}

/** The state of the line that brings points; of an ended run only while some may be missing. */
function FeedMark({ state, active }: { readonly state: FeedState; readonly active: boolean }) {
  if (active && state.name === "live") {
    return (
      <span className="live">
        <i className="dot open" aria-hidden="true" /> live
      </span>
    );
  }
  if (state.name !== "reconnecting" && state.name !== "loading") return null;
  return (
    <span className="live" role="status" title={state.name === "reconnecting" ? state.reason : undefined}>
      <i className="dot connecting" aria-hidden="true" /> {state.name}
    </span>
  );
}

/** Why a run failed and what to do. */
export function FailureNotice({ failure }: { readonly failure: Failure }) {
  return (
    <div className="notice bad-notice" role="alert">
      <strong>
        Failed: {failure.reason}
        {failure.step !== undefined && ` at step ${formatInteger(failure.step)}`}
      </strong>
      <span>{failure.message}</span>
      <span>{remedies[failure.reason]}</span>
    </div>
  );
}
