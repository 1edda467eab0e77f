import type { Catalogue, RunSpecInput, TrainingSpec } from "@etude/contracts";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState, type SubmitEvent } from "react";
import { client } from "../api/client.ts";
import { catalogueQuery, runQuery, useRunChanged } from "../api/queries.ts";
import { Problem } from "../components/problem.tsx";
import { RunLink } from "../components/run-link.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { type Draft, faultsOf, parseDraft, withField } from "../form/draft.ts";
import { Part } from "../form/part.tsx";
import { SchedulePart } from "../form/schedule-part.tsx";
import { SchedulePreview } from "../form/schedule-preview.tsx";
import { TrainingFields } from "../form/training-fields.tsx";
import { usualDraft } from "../form/usual-draft.ts";
import { formatInteger } from "../format/number.ts";
import { usePageTitle } from "../state/title.ts";

const route = getRouteApi("/submit");

/** How long typing may pause before the URL follows. */
const urlAfterMs = 400;

/** Puts a run together and submits it; the draft is in the URL. */
export function SubmitPage(): ReactElement {
  usePageTitle("New run");
  const search = route.useSearch();
  const catalogue = useQuery(catalogueQuery);
  const source = useQuery({
    ...runQuery(search.from ?? ""),
    enabled: search.from !== undefined,
    refetchInterval: false,
  });
  const error = catalogue.error ?? source.error;
  if (error) return <Problem error={error} />;
  if (!catalogue.data || (search.from !== undefined && !source.data)) return <TableSkeleton rows={10} />;
  const cloned = source.data?.spec.kind === "training" ? source.data.spec : undefined;
  const forked = cloned && search.step !== undefined && forkOf(cloned, search.from!, search.step);
  const given = parseDraft(search.spec) ?? forked ?? cloned;
  return (
    <Form
      key={search.from ?? ""}
      catalogue={catalogue.data}
      first={given ? { ...usualDraft(catalogue.data), ...given } : usualDraft(catalogue.data)}
      study={search.study}
    />
  );
}

/** A draft that goes on from a checkpoint of a run, with a name of its own to be. */
const forkOf = (spec: TrainingSpec, run: string, step: number): Draft => ({
  ...withField(spec, "name", undefined),
  continueFrom: { run, step },
});

interface FormProps {
  readonly catalogue: Catalogue;
  readonly first: Draft;
  readonly study: string | undefined;
}

function Form({ catalogue, first, study: firstStudy }: FormProps) {
  const [draft, setDraft] = useState<Draft>(first);
  const [study, setStudy] = useState(firstStudy ?? "");
  const navigate = useNavigate();
  const changed = useRunChanged();
  const faults = faultsOf(draft);
  const submit = useMutation({
    mutationFn: () =>
      client.createRun({ body: draft as RunSpecInput, ...(study.trim() === "" ? {} : { study: study.trim() }) }),
    onSuccess: (run) => {
      changed(run);
      void navigate({ to: "/runs/$runId", params: { runId: run.id } });
    },
  });
  useUrlFollows(draft, study, (submit.isIdle || submit.isError) && (draft !== first || study !== ""));
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    submit.mutate();
  };
  const part = (name: string): { value: Draft; onChange: (value: Draft) => void; faults: typeof faults } => ({
    value: (draft[name] ?? {}) as Draft,
    onChange: (value) => setDraft((known) => withField(known, name, value)),
    faults,
  });
  return (
    <form className="submit" onSubmit={onSubmit} noValidate>
      <h1 className="hidden-visually">New run</h1>
      <div className="stack">
        <ForkNotice draft={draft} onRemove={() => setDraft(withField(draft, "continueFrom", undefined))} />
        <SchedulePart entries={catalogue.schedules} {...part("schedule")} />
        <Part name="model" entries={catalogue.models} {...part("model")} />
        <Part name="dataset" entries={catalogue.datasets} {...part("dataset")} />
        <Part name="optimizer" entries={catalogue.optimizers} {...part("optimizer")} />
        <TrainingFields value={draft} onChange={setDraft} faults={faults} study={study} onStudy={setStudy} />
      </div>
      <div className="stack aside">
        <SchedulePreview draft={draft} />
        {submit.error && <Problem error={submit.error} />}
        {faults.length > 0 && (
          <div className="notice warn-notice" role="status">
            <strong>Not ready to submit</strong>
            <ul>
              {faults.slice(0, 6).map(({ path, message }) => (
                <li key={`${path} ${message}`}>
                  <code>{path}</code> {message}
                </li>
              ))}
            </ul>
          </div>
        )}
        <div className="row">
          <button type="submit" className="primary" disabled={submit.isPending || faults.length > 0}>
            {submit.isPending ? "Submitting" : "Submit run"}
          </button>
        </div>
        <details>
          <summary>As JSON, for the command line and the API</summary>
          <pre className="panel" tabIndex={0}>
            {JSON.stringify(draft, null, 2)}
          </pre>
        </details>
      </div>
    </form>
  );
}

/** Says where the run will go on from. */
function ForkNotice({ draft, onRemove }: { readonly draft: Draft; readonly onRemove: () => void }) {
  const { run, step } = (draft["continueFrom"] ?? {}) as { run?: string; step?: number };
  if (run === undefined) return null;
  return (
    <div className="notice" role="status">
      <span>
        Goes on from {step === undefined ? "the last checkpoint" : `step ${formatInteger(step)}`} of{" "}
        <RunLink runId={run} />: model and dataset stay, the schedule starts anew for the steps that are left of the
        length.
      </span>
      <div>
        <button type="button" onClick={onRemove}>
          Start from scratch instead
        </button>
      </div>
    </div>
  );
}

/** Keeps the draft in the URL, a moment after the last change; while not `active` the URL stays as it is. */
function useUrlFollows(draft: Draft, study: string, active: boolean): void {
  const navigate = route.useNavigate();
  useEffect(() => {
    if (!active) return undefined;
    const timer = setTimeout(() => {
      void navigate({
        search: ({ from, step }) => ({ from, step, spec: JSON.stringify(draft), study: study || undefined }),
        replace: true,
        resetScroll: false,
      });
    }, urlAfterMs);
    return () => clearTimeout(timer);
  }, [draft, study, active, navigate]);
}
