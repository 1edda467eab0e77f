import { type Run } from "@etude/contracts";
import { useQueries } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type ReactElement, useCallback, useMemo } from "react";
import { runQuery } from "../api/queries.ts";
import { assignStyles } from "../chart/palette.ts";
import { CompareTable } from "../components/compare-table.tsx";
import { Empty } from "../components/empty.tsx";
import { LawPanel } from "../components/law-panel.tsx";
import { type Member, Overlay } from "../components/overlay.tsx";
import { Problem } from "../components/problem.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { useRunFeeds } from "../live/feeds.ts";
import type { CompareSearch } from "../state/search.ts";
import { usePageTitle } from "../state/title.ts";

const route = getRouteApi("/compare");
const none: readonly string[] = [];

/** Several runs over each other. Which ones is in the URL. */
export function ComparePage(): ReactElement {
  usePageTitle("Compare");
  const { runs: ids = none } = route.useSearch();
  const found = useQueries({
    queries: ids.map((id) => runQuery(id)),
    combine: (results) => ({
      runs: results.flatMap(({ data }) => data ?? []),
      errors: results.flatMap(({ error, data }) => (error && !data ? [error] : [])),
      pending: results.some(({ isPending }) => isPending),
    }),
  });
  if (ids.length === 0) return <NothingChosen />;
  return (
    <div className="stack">
      <h1 className="hidden-visually">Compare</h1>
      {found.errors.map((error) => (
        <Problem key={error.message} error={error} />
      ))}
      {found.runs.length > 0 ? <Comparison runs={found.runs} /> : found.pending && <TableSkeleton rows={8} />}
    </div>
  );
}

function Comparison({ runs }: { readonly runs: readonly Run[] }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const update = useCallback(
    (change: Partial<CompareSearch>) =>
      void navigate({ search: (known) => ({ ...known, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  const ids = runs.map(({ id }) => id);
  const feeds = useRunFeeds(ids);
  const shape = JSON.stringify(runs.map(({ id, name, horizon }) => [id, name, horizon]));
  const styles = useMemo(() => assignStyles(feeds.map(({ runId }) => runId)), [feeds]);
  const members = useMemo(
    () =>
      (JSON.parse(shape) as [string, string, number | null][]).flatMap(([id, label, horizon]): Member[] => {
        const feed = feeds.find(({ runId }) => runId === id);
        return feed ? [{ id, label, style: styles.get(id)!, feeds: [feed], horizon }] : [];
      }),
    [shape, feeds, styles],
  );
  return (
    <>
      <Overlay label={`Comparison of ${runs.length} runs`} members={members} search={search} update={update} />
      <div className="toolbar">
        <label className="check">
          <input
            type="checkbox"
            checked={search.differ ?? false}
            onChange={(event) => update({ differ: event.target.checked || undefined })}
          />
          only what differs
        </label>
        <label className="row">
          steps to a validation loss of
          <input
            className="target"
            inputMode="decimal"
            placeholder="what all reach"
            defaultValue={search.target ?? ""}
            onChange={({ target }) => {
              const value = target.value.trim() === "" ? undefined : Number(target.value);
              if (value === undefined || Number.isFinite(value)) update({ target: value });
            }}
          />
        </label>
      </div>
      <CompareTable
        target={search.target}
        differ={search.differ ?? false}
        runs={runs}
        styles={styles}
        base={search.base}
        sort={search.sort}
        onSort={(sort) => update({ sort })}
        onBase={(base) => update({ base: base === search.base ? undefined : base })}
        onRemove={(id) => update({ runs: ids.filter((one) => one !== id) })}
      />
      <LawPanel key={ids.join()} runs={runs} />
    </>
  );
}

const NothingChosen = () => (
  <Empty title="Nothing to compare yet">
    Select runs in the <Link to="/">list</Link> with <kbd>x</kbd> and press <kbd>c</kbd>: their losses and learning
    rates appear here on one axis. A comparison is its URL, so it can be sent to others.
  </Empty>
);
