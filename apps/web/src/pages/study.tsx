import type { Run } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense, useCallback, useMemo } from "react";
import { runsQuery, studyQuery } from "../api/queries.ts";
import { assignStyles, styleOfSlot } from "../chart/palette.ts";
import { Empty } from "../components/empty.tsx";
import { GroupTable } from "../components/group-table.tsx";
import { type Member, Overlay } from "../components/overlay.tsx";
import { Problem } from "../components/problem.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { useRunFeeds } from "../live/feeds.ts";
import type { StudySearch } from "../state/search.ts";
import { usePageTitle } from "../state/title.ts";
import { groupBySettings } from "../study-groups.ts";
import { Counts } from "./studies.tsx";

// Only studies with a plan have a report; the others do without its code.
const StudyReport = lazy(() =>
  import("../report/study-report.tsx").then(({ StudyReport: component }) => ({ default: component })),
);

const route = getRouteApi("/studies/$studyId");

/** Runs drawn at once; each has a live line while it trains. */
const mostRuns = 60;

/** One study: its report when it has a plan, and its runs grouped by settings, each group a mean with its spread over seeds. */
export function StudyPage(): ReactElement {
  const { studyId } = route.useParams();
  const { problem } = route.useSearch();
  const navigate = route.useNavigate();
  const study = useQuery(studyQuery(studyId));
  const runs = useQuery(runsQuery({ studyId, order: "oldest", limit: mostRuns }));
  usePageTitle(study.data?.name ?? "Study");
  const error = study.error ?? runs.error;
  if (error && !study.data) return <Problem error={error} />;
  if (!study.data || !runs.data) return <TableSkeleton rows={8} />;
  const { name, note } = study.data;
  const planned = runs.data.runs.findLast(({ spec }) => spec.kind === "study");
  const trained = runs.data.runs.filter(({ spec }) => spec.kind !== "study");
  return (
    <div className="stack">
      <header className="run-head">
        <h1>{name}</h1>
        <Counts study={study.data} />
      </header>
      {note !== "" && <p className="muted">{note}</p>}
      {planned && (
        <Suspense fallback={<TableSkeleton rows={8} />}>
          <StudyReport
            studyId={studyId}
            run={planned}
            problem={problem}
            onProblem={(problem) =>
              void navigate({ search: (known) => ({ ...known, problem }), replace: true, resetScroll: false })
            }
          />
        </Suspense>
      )}
      {runs.data.runs.length === 0 ? (
        <Empty
          title="No runs in this study"
          command={`npm run etude -- submit --study "${name}" --schedule cosine --rate 0.1`}
        >
          Its runs would be compared here.
        </Empty>
      ) : (
        trained.length > 0 && <Groups runs={trained} total={runs.data.total} />
      )}
    </div>
  );
}

function Groups({ runs, total }: { readonly runs: readonly Run[]; readonly total: number }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const update = useCallback(
    (change: Partial<StudySearch>) =>
      void navigate({ search: (known) => ({ ...known, ...change }), replace: true, resetScroll: false }),
    [navigate],
  );
  const single = search.runs ?? false;
  const feeds = useRunFeeds(runs.map(({ id }) => id));
  const groups = useMemo(() => groupBySettings(runs), [runs]);
  const styles = new Map(groups.map(({ id }, i) => [id, styleOfSlot(i)]));
  const shape = JSON.stringify(
    single
      ? runs.map(({ id, name, horizon }) => [id, name, horizon, [id]])
      : groups.map(({ id, label, runs }) => [
          id,
          `${label} (n = ${runs.length})`,
          Math.max(0, ...runs.map(({ horizon }) => horizon ?? 0)) || null,
          runs.map((run) => run.id),
        ]),
  );
  const members = useMemo(() => {
    const entries = JSON.parse(shape) as [string, string, number | null, string[]][];
    const runStyles = assignStyles(entries.map(([id]) => id));
    return entries.map(([id, label, horizon, runIds], i): Member => {
      const own = feeds.filter(({ runId }) => runIds.includes(runId));
      return { id, label, style: single ? runStyles.get(id)! : styleOfSlot(i), feeds: own, horizon };
    });
  }, [shape, feeds, single]);
  return (
    <>
      <div className="toolbar">
        <span className="segmented" role="group" aria-label="Lines">
          <button type="button" aria-pressed={!single} onClick={() => update({ runs: undefined })}>
            Mean and spread
          </button>
          <button type="button" aria-pressed={single} onClick={() => update({ runs: true })}>
            Every run
          </button>
        </span>
        <Link to="/compare" search={{ runs: runs.map(({ id }) => id) }} className="button">
          Open as a comparison
        </Link>
        {total > mostRuns && (
          <span className="warn">
            The first {runs.length} of {total} runs
          </span>
        )}
      </div>
      <Overlay label="Runs of the study" members={members} search={search} update={update} />
      <GroupTable groups={groups} styles={styles} />
    </>
  );
}
