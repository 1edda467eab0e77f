import { isEnded, type Run } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { seriesQuery } from "../api/queries.ts";
import { formatNumber, formatPercent } from "../format/number.ts";
import { scoreOf } from "../format/run.ts";
import type { RunFeed } from "../live/run-feed.ts";
import { useReadout } from "../live/use-readout.ts";

const rows = [
  { key: "train/loss", name: "loss" },
  { key: "validation/loss", name: "validation" },
  { key: "validation/accuracy", name: "accuracy", percent: true },
  { key: "learning-rate", name: "rate" },
  { key: "gradient-norm", name: "gradient" },
] as const;

/** The newest values of a run, written as they arrive. */
export function NowPanel({ run, feed }: { readonly run: Run; readonly feed: RunFeed }) {
  const list = useRef<HTMLDListElement>(null);
  const active = run.status === "running" || run.status === "cancelling";
  const { data } = useQuery(seriesQuery(run.id, active));
  const score = scoreOf(run, data?.series);
  useReadout(feed, () => {
    for (const row of rows) {
      const output = list.current?.querySelector(`[data-now="${row.key}"]`);
      const value = feed.curve(row.key).values.at(-1);
      if (output) output.textContent = "percent" in row ? formatPercent(value) : formatNumber(value);
    }
  });
  const title = isEnded(run.status) ? "At the end" : "Now";
  return (
    <section className="panel stack" aria-label={title}>
      <h3>{title}</h3>
      <dl ref={list} className="now">
        {rows.map(({ key, name }) => (
          <div key={key} className="key-row">
            <dt>{name}</dt>
            <dd data-now={key}>–</dd>
          </div>
        ))}
        <dt>best validation</dt>
        <dd>{formatNumber(score.bestValidationLoss)}</dd>
        <dt>best accuracy</dt>
        <dd>{formatPercent(score.bestAccuracy)}</dd>
      </dl>
    </section>
  );
}
