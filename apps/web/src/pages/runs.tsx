import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useCallback, useState } from "react";
import { problemOf } from "../api/problem.ts";
import { runsQuery, runsWhereQuery } from "../api/queries.ts";
import { Empty } from "../components/empty.tsx";
import { Problem } from "../components/problem.tsx";
import { RunFilters } from "../components/run-filters.tsx";
import { RunRow } from "../components/run-row.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { isWhereFault, WhereField } from "../components/where-field.tsx";
import { formatInteger } from "../format/number.ts";
import { useHotkeys } from "../state/hotkeys.ts";
import type { RunsSearch } from "../state/search.ts";
import { usePageTitle } from "../state/title.ts";

const route = getRouteApi("/");
const none: readonly string[] = [];

/** The list of runs, live. */
export function RunsPage(): ReactElement {
  usePageTitle("Runs");
  const { selected = none, where, ...filter } = route.useSearch();
  const setSearch = route.useNavigate();
  const navigate = useNavigate();
  const listed = useQuery({ ...runsQuery(filter), enabled: where === undefined });
  const asked = useQuery({ ...runsWhereQuery(where ?? "", filter.cursor), enabled: where !== undefined });
  const query = where === undefined ? listed : asked;
  const { data, isPending, refetch } = query;
  const error = problemOf(query);
  const [currentId, setCurrentId] = useState<string>();
  const runs = data?.runs ?? [];

  const update = useCallback(
    (change: Partial<RunsSearch>) =>
      void setSearch({ search: (known) => ({ ...known, ...change }), replace: true, resetScroll: false }),
    [setSearch],
  );
  const toggle = useCallback(
    (runId: string) =>
      void setSearch({
        to: "/",
        search: (known: RunsSearch) => {
          const chosen = known.selected ?? [];
          return {
            ...known,
            selected: chosen.includes(runId) ? chosen.filter((id) => id !== runId) : [...chosen, runId],
          };
        },
        replace: true,
        resetScroll: false,
      }),
    [setSearch],
  );
  const compare = (): void => void navigate({ to: "/compare", search: { runs: [...selected] } });
  const move = (by: number): void => {
    const at = runs.findIndex(({ id }) => id === currentId);
    const next = at < 0 ? 0 : Math.max(0, Math.min(runs.length - 1, at + by));
    setCurrentId(runs[next]?.id);
  };
  useHotkeys({
    j: () => move(1),
    k: () => move(-1),
    x: () => currentId && toggle(currentId),
    c: () => selected.length > 0 && compare(),
    Enter: () => currentId && void navigate({ to: "/runs/$runId", params: { runId: currentId } }),
    Escape: () => update({ selected: undefined }),
  });

  const filtered = where !== undefined || Object.keys(filter).some((name) => name !== "order" && name !== "cursor");
  return (
    <div className="stack">
      <h1 className="hidden-visually">Runs</h1>
      <div className="toolbar">
        {where === undefined && (
          <RunFilters search={filter} onChange={(change) => update({ ...change, cursor: undefined })} />
        )}
        <WhereField
          where={where}
          error={where === undefined ? null : asked.error}
          onWhere={(where) => update({ where, cursor: undefined })}
        />
        {selected.length > 0 && (
          <span className="row">
            <button type="button" className="primary" onClick={compare}>
              Compare {selected.length} <kbd>c</kbd>
            </button>
            <button type="button" className="quiet" onClick={() => update({ selected: undefined })}>
              Clear
            </button>
          </span>
        )}
      </div>
      {error && !isWhereFault(error) && <Problem error={error} onRetry={() => void refetch()} />}
      {isPending && !error && <TableSkeleton rows={8} />}
      {data && runs.length === 0 && (filtered ? <NoneFits /> : <NoRuns />)}
      {runs.length > 0 && (
        <div className="panel flush scroll">
          <table className="grid cards">
            <thead>
              <tr>
                <th aria-label="Selected" />
                <th>Name</th>
                <th>Status</th>
                <th colSpan={2}>Schedule</th>
                <th className="number">Rate</th>
                <th>Step</th>
                <th className="number">Val. loss</th>
                <th className="number">Accuracy</th>
                <th className="number">Age</th>
                <th aria-label="Actions" />
              </tr>
            </thead>
            <tbody>
              {runs.map((run) => (
                <RunRow
                  key={run.id}
                  run={run}
                  current={run.id === currentId}
                  selected={selected.includes(run.id)}
                  onSelect={toggle}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {data && (data.next !== null || filter.cursor) && (
        <div className="row">
          <span className="muted">{formatInteger(data.total)} runs</span>
          {filter.cursor && (
            <button type="button" onClick={() => update({ cursor: undefined })}>
              First page
            </button>
          )}
          {data.next !== null && (
            <button type="button" onClick={() => update({ cursor: data.next ?? undefined })}>
              Next page
            </button>
          )}
        </div>
      )}
    </div>
  );
}

const NoRuns = () => (
  <Empty title="No runs yet" command="npm run etude -- submit --schedule cosine --rate 0.1">
    Every training run appears here as soon as it is submitted, and its curves move while it trains. Make one with New
    run, or with this command:
  </Empty>
);

const NoneFits = () => (
  <section className="empty">
    <h2>No run fits</h2>
    <p>Nothing has this name, status and schedule together. Take a filter away.</p>
  </section>
);
