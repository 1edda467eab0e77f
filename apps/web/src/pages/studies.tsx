import { runStatuses, type Study } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { studiesQuery } from "../api/queries.ts";
import { Age } from "../components/age.tsx";
import { Empty } from "../components/empty.tsx";
import { Problem } from "../components/problem.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { usePageTitle } from "../state/title.ts";
import type { ReactElement } from "react";

/** All studies, newest first. */
export function StudiesPage(): ReactElement {
  usePageTitle("Studies");
  const { data, error, isPending, refetch } = useQuery(studiesQuery);
  return (
    <div className="stack">
      <h1 className="hidden-visually">Studies</h1>
      {error && <Problem error={error} onRetry={() => void refetch()} />}
      {isPending && !error && <TableSkeleton rows={4} />}
      {data?.studies.length === 0 && (
        <Empty title="No studies yet" command="npm run etude -- submit --study my-study --schedule cosine --rate 0.1">
          A study holds runs that belong together, say one task under three schedules with paired seeds, and shows them
          as means with their spread. Submitting a run with a study&apos;s name makes the study:
        </Empty>
      )}
      {data && data.studies.length > 0 && (
        <div className="panel flush scroll">
          <table className="grid">
            <thead>
              <tr>
                <th>Study</th>
                <th>Runs</th>
                <th className="wide-only">Note</th>
                <th className="number">Age</th>
              </tr>
            </thead>
            <tbody>
              {data.studies.map((study) => (
                <tr key={study.id}>
                  <td className="name">
                    <Link to="/studies/$studyId" params={{ studyId: study.id }}>
                      {study.name}
                    </Link>
                  </td>
                  <td>
                    <Counts study={study} />
                  </td>
                  <td className="name muted wide-only">{study.note}</td>
                  <td className="number muted">
                    <Age at={study.createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}

/** How many runs of a study have each status. */
export function Counts({ study }: { readonly study: Study }) {
  const present = runStatuses.filter((status) => (study.runs[status] ?? 0) > 0);
  if (present.length === 0) return <span className="muted">none</span>;
  return (
    <span className="row">
      {present.map((status) => (
        <span key={status} className={`status ${status}`}>
          <i className="dot" aria-hidden="true" />
          {study.runs[status]} {status}
        </span>
      ))}
    </span>
  );
}
