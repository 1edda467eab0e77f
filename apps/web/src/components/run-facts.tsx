import {
  type ExternalSpec,
  type Run,
  type RunSpec,
  scheduleOf,
  type TrainingSpec,
  type WorkSpec,
} from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { studyQuery } from "../api/queries.ts";
import { formatCount, formatInteger } from "../format/number.ts";
import { partsOf, rateText, scheduleText } from "../format/run.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import { Age } from "./age.tsx";
import { RunLink } from "./run-link.tsx";

/** What a run is made of and where it ran. */
export function RunFacts({ run }: { readonly run: Run }) {
  const { spec, backend } = run;
  const tags = Object.entries(spec.tags);
  const facts: [string, ReactNode][] = [
    ...kindFacts(run, spec),
    ["points", formatInteger(run.points)],
    ["submitted", <Age key="submitted" at={run.createdAt} ago />],
    ["started", run.startedAt ? <Age key="started" at={run.startedAt} ago /> : "not yet"],
    ["ended", run.endedAt ? <Age key="ended" at={run.endedAt} ago /> : "not yet"],
  ];
  if (run.studyId) facts.push(["study", <StudyLink key="study" studyId={run.studyId} />]);
  if (run.clonedFrom) facts.push(["cloned from", <RunLink key="clone" runId={run.clonedFrom} />]);
  if (tags.length > 0)
    facts.push(["tags", tags.map(([key, value]) => (value === "" ? key : `${key}=${value}`)).join(", ")]);
  facts.push(["id", <code key="id">{run.id}</code>]);
  return (
    <div className="panel stack">
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="key-row">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {backend && backend.refused.length > 0 && (
        <section>
          <h3>Why not a better backend</h3>
          <dl className="facts">
            {backend.refused.map(({ name, why }) => (
              <div key={name} className="key-row">
                <dt>{name}</dt>
                <dd>{why}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
    </div>
  );
}

function kindFacts(run: Run, spec: RunSpec): [string, ReactNode][] {
  switch (spec.kind) {
    case "training":
      return [scheduleFact(run), ...trainingFacts(run, spec)];
    case "external":
      return [scheduleFact(run), ...loggedFacts(spec)];
    default:
      return workFacts(spec);
  }
}

function scheduleFact({ spec, horizon }: Run): [string, ReactNode] {
  const schedule = scheduleOf(spec);
  return [
    "schedule",
    <span key="schedule" className="row">
      <ScheduleThumb schedule={schedule} horizon={horizon} />
      {schedule ? `${scheduleText(schedule)} at ${rateText(schedule)}` : "not told"}
    </span>,
  ];
}

/** Work of the learning package: what it makes. */
function workFacts(spec: WorkSpec): [string, ReactNode][] {
  if (spec.kind === "study") {
    const { problems, entrants } = spec.plan;
    return [
      ["work", `a study of ${entrants.length} schedules on ${problems.length} problems`],
      ["pool", spec.pool],
    ];
  }
  const { config, pool } = spec;
  return [
    ["work", `trains a ${config.family} policy by reinforcement learning`],
    ["budget", `${formatInteger(config.iterations)} iterations of ${config.environments} runs`],
    ["seed", config.seed],
    ["pool", pool],
  ];
}

/** An external run: what its client said of it. */
function loggedFacts(spec: ExternalSpec): [string, ReactNode][] {
  const { model, dataset, optimizer } = partsOf(spec);
  return [
    ["trained by", "a loop elsewhere, which logs it"],
    ["task", [model, dataset && `on ${dataset}`, optimizer].filter(Boolean).join(" ") || "not told"],
    ["budget", spec.horizon === undefined ? "not told" : `${formatInteger(spec.horizon)} steps`],
    ["seed", spec.seed],
  ];
}

function trainingFacts({ backend, parameters }: Run, spec: TrainingSpec): [string, ReactNode][] {
  const budget = "steps" in spec.budget ? `${formatInteger(spec.budget.steps)} steps` : `${spec.budget.epochs} epochs`;
  return [
    ["task", `${spec.model.kind} on ${spec.dataset.kind}, ${spec.optimizer.kind}`],
    ["budget", `${budget}, batches of ${spec.batchSize}, ${spec.order}`],
    ["seed", spec.seed],
    ["parameters", parameters === null ? "–" : formatCount(parameters)],
    ["backend", backend ? `${backend.name} (${backend.library}) on ${backend.device}` : "chosen by the worker"],
    ["reproducible", backend ? (backend.reproducible === true ? "bit for bit" : "unknown") : "–"],
    ["pool", spec.pool],
  ];
}

function StudyLink({ studyId }: { readonly studyId: string }) {
  const { data } = useQuery({ ...studyQuery(studyId), refetchInterval: false });
  return (
    <Link to="/studies/$studyId" params={{ studyId }}>
      {data?.name ?? studyId}
    </Link>
  );
}
