import { ScheduleSpec } from "@etude/catalog";
import type { Catalogue } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { catalogueQuery } from "../api/queries.ts";
import { Problem } from "../components/problem.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { exampleHorizon } from "../schedule/outline.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import { usePageTitle } from "../state/title.ts";
import type { ReactElement } from "react";

/** Every kind of schedule: shape, formula, when to take it and where it comes from. */
export function SchedulesPage(): ReactElement {
  usePageTitle("Schedules");
  const { data, error, refetch } = useQuery(catalogueQuery);
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <TableSkeleton rows={8} />;
  return (
    <div className="stack">
      <h1 className="hidden-visually">Schedules</h1>
      <div className="cards-grid">
        {data.schedules.map((entry) => (
          <ScheduleCard key={entry.kind} entry={entry} />
        ))}
      </div>
    </div>
  );
}

function ScheduleCard({ entry }: { readonly entry: Catalogue["schedules"][number] }) {
  const parsed = ScheduleSpec.safeParse(entry.example);
  return (
    <article className="panel stack">
      <div className="row spread">
        <h2>{entry.title}</h2>
        {parsed.success && <ScheduleThumb schedule={parsed.data} horizon={exampleHorizon} />}
      </div>
      <p>{entry.summary}</p>
      <code className="formula">{entry.formula}</code>
      <p className="muted">{entry.when}</p>
      <p className="muted">{entry.source}</p>
      <div className="row">
        <Link to="/" search={{ schedule: entry.kind }}>
          Its runs
        </Link>
      </div>
    </article>
  );
}
