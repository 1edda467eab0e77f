import type { RecommendationRequest } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { z } from "zod";
import { recommendationQuery } from "../api/learning-queries.ts";
import { catalogueQuery } from "../api/queries.ts";
import { LearnTabs } from "../components/learn-tabs.tsx";
import { Problem } from "../components/problem.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { parseDraft } from "../form/draft.ts";
import { usualDraft } from "../form/usual-draft.ts";
import { Advice } from "../learn/advice.tsx";
import { TaskForm } from "../learn/task-form.tsx";
import type { LearnSearch } from "../state/search.ts";
import { usePageTitle } from "../state/title.ts";

const route = getRouteApi("/learn");

/** Which schedules to try next on a task: asked in a form, kept in the URL, answered from the evidence. */
export function LearnPage(): ReactElement {
  usePageTitle("Which schedule next?");
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const catalogue = useQuery(catalogueQuery);
  const request = requestOf(search);
  const advice = useQuery({ ...recommendationQuery(request), enabled: request !== undefined });
  const ask = (change: LearnSearch): void => void navigate({ search: change });
  return (
    <div className="stack">
      <h1 className="hidden-visually">Which schedule next?</h1>
      <LearnTabs />
      {catalogue.error && <Problem error={catalogue.error} />}
      <div className="submit">
        {catalogue.data ? (
          <TaskForm
            key={`${search.known} ${search.spec}`}
            catalogue={catalogue.data}
            first={parseDraft(search.spec) ?? usualDraft(catalogue.data)}
            search={search}
            asking={advice.isFetching}
            onAsk={ask}
          />
        ) : (
          <TableSkeleton rows={8} />
        )}
        <div className="stack" aria-live="polite">
          {advice.error && <Problem error={advice.error} />}
          {advice.isFetching && !advice.data && <TableSkeleton rows={6} />}
          {advice.data && (
            <Advice advice={advice.data} onKnown={(known) => ask({ ...search, spec: undefined, known })} />
          )}
          {!request && (
            <section className="empty">
              <h2>Three schedules to try</h2>
              <p>
                Name a task, or describe a training without its schedule. The answer rests on every finished run here
                and on the studies that Etude ships with, and says on how many.
              </p>
            </section>
          )}
        </div>
      </div>
    </div>
  );
}

/** What the URL asks for; undefined while it asks nothing. */
function requestOf({ known, spec, k, objective }: LearnSearch): z.input<typeof RecommendationRequest> | undefined {
  const how = { ...(k !== undefined && { k }), ...(objective && { objective }) };
  if (known !== undefined) return { ...how, task: { known } };
  const draft = parseDraft(spec);
  // The server says what is wrong with a draft that somebody wrote into the URL.
  return draft && { ...how, task: { run: draft as never } };
}
