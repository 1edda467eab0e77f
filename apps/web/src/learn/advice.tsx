import type { Recommendation, RecommendedSchedule, RunSpecInput } from "@etude/contracts";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../api/client.ts";
import { Problem } from "../components/problem.tsx";
import { RunLink } from "../components/run-link.tsx";
import { formatInteger, formatNumber } from "../format/number.ts";
import { rateText, scheduleText } from "../format/run.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";

interface Props {
  readonly advice: Recommendation;
  /** Asks about another task of the evidence. */
  readonly onKnown: (task: string) => void;
}

/** The recommended schedules, what they rest on, and the way to try them. */
export function Advice({ advice, onKnown }: Props) {
  const { schedules, reason, ranker, support, similarTasks, task } = advice;
  return (
    <section className="stack" aria-label="Recommended schedules">
      {support === 0 ? (
        <div className="notice warn-notice" role="status">
          <strong>Support 0: no finished training speaks about this task</strong>
          <span>These are the schedules that are customary, at customary rates. {reason}</span>
        </div>
      ) : (
        <p>
          {reason} <span className="muted">Ranked by {ranker}.</span>
        </p>
      )}
      <SubmitAll schedules={schedules} task={task.id ?? "a task"} />
      {schedules.map((one) => (
        <ScheduleAdvice key={one.rank} advice={one} horizon={task.steps} />
      ))}
      {similarTasks.length > 0 && (
        <section className="panel stack" aria-labelledby="similar">
          <h2 id="similar">Similar tasks</h2>
          <ul className="files">
            {similarTasks.map(({ id, hash, distance, shipped }) => (
              <li key={hash}>
                <button type="button" className="quiet" onClick={() => onKnown(hash)}>
                  {id}
                </button>
                <span className="muted">
                  {distance === 0 ? "this one" : `distance ${formatNumber(Number(distance.toPrecision(2)))}`}
                  {shipped && ", shipped"}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </section>
  );
}

function SubmitAll({ schedules, task }: { readonly schedules: readonly RecommendedSchedule[]; readonly task: string }) {
  const [study, setStudy] = useState(`Next for ${task}`);
  const navigate = useNavigate();
  const queries = useQueryClient();
  const specs = schedules.flatMap(({ spec }) => spec ?? []);
  const submit = useMutation({
    mutationFn: () => client.createRuns({ body: { study: study.trim(), runs: specs as RunSpecInput[] } }),
    onSuccess: ({ runs }) => {
      void queries.invalidateQueries({ queryKey: ["runs"] });
      const studyId = runs[0]?.studyId;
      if (studyId) void navigate({ to: "/studies/$studyId", params: { studyId } });
    },
  });
  if (specs.length === 0) {
    return <p className="muted">Etude cannot train this task itself; take the schedules to where it is trained.</p>;
  }
  return (
    <div className="panel stack">
      <div className="row">
        <label className="row">
          study{" "}
          <input
            className="study-name"
            value={study}
            onChange={(event) => setStudy(event.target.value)}
            autoComplete="off"
          />
        </label>
        <button
          type="button"
          className="primary"
          disabled={submit.isPending || study.trim() === ""}
          onClick={() => submit.mutate()}
        >
          {submit.isPending ? "Submitting" : specs.length === 1 ? "Submit this one" : `Submit these ${specs.length}`}
        </button>
      </div>
      {submit.error && <Problem error={submit.error} />}
    </div>
  );
}

const rateSources = {
  "this task": "where this task did best",
  "similar tasks by curvature": "carried over from similar tasks by curvature",
  "similar tasks by rate": "carried over from similar tasks",
  bound: "a multiple of the bound of the optimizer",
  custom: "customary",
} as const;

function ScheduleAdvice({ advice, horizon }: { readonly advice: RecommendedSchedule; readonly horizon: number }) {
  const { rank, title, schedule, rate, predicted, support, runIds, why, spec } = advice;
  const interval = ({ median, low, high }: { median: number; low: number; high: number }): string =>
    `${formatNumber(median)} (${formatNumber(low)} to ${formatNumber(high)})`;
  return (
    <article className="panel stack" aria-label={`${rank}. ${title}`}>
      <div className="row spread">
        <h2>
          {rank}. {title}
        </h2>
        <ScheduleThumb schedule={schedule} horizon={horizon} />
      </div>
      <p>{why}</p>
      <dl className="facts">
        <dt>schedule</dt>
        <dd>{scheduleText(schedule)}</dd>
        <dt>rate</dt>
        <dd>
          <strong>{rateText(schedule)}</strong>{" "}
          <span className="muted">
            {rate.low !== null && rate.high !== null && `${formatNumber(rate.low)} to ${formatNumber(rate.high)}, `}
            {rateSources[rate.from]}
          </span>
        </dd>
        <dt>loss over the best known</dt>
        <dd>{predicted.regret ? `${interval(predicted.regret)} times` : "nothing to tell it by"}</dd>
        {predicted.loss && (
          <>
            <dt>final loss</dt>
            <dd>
              {interval(predicted.loss)} <span className="muted">from {predicted.from}</span>
            </dd>
          </>
        )}
        <dt>support</dt>
        <dd>
          {support.trainings === 0
            ? "none"
            : `${formatInteger(support.trainings)} trainings on ${support.tasks} ${support.tasks === 1 ? "task" : "tasks"}, ${formatInteger(support.shipped)} of them shipped`}
        </dd>
        {runIds.length > 0 && (
          <>
            <dt>runs behind it</dt>
            <dd className="row">
              {runIds.map((runId) => (
                <RunLink key={runId} runId={runId} />
              ))}
            </dd>
          </>
        )}
      </dl>
      {spec && (
        <div>
          <Link to="/submit" search={{ spec: JSON.stringify(spec) }} className="button">
            Open in the form
          </Link>
        </div>
      )}
    </article>
  );
}
