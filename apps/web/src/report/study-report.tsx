import "../styles/report.css";
import { isEnded, type Run } from "@etude/contracts";
import type { StudyReport as Report } from "@etude/learning";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactElement, useState } from "react";
import { studyReportQuery } from "../api/learning-queries.ts";
import { ArtifactList } from "../components/artifact-list.tsx";
import { CopyButton } from "../components/copy-button.tsx";
import { Problem } from "../components/problem.tsx";
import { Progress } from "../components/progress.tsx";
import { RunActions } from "../components/run-actions.tsx";
import { TableSkeleton } from "../components/skeleton.tsx";
import { Status } from "../components/status.tsx";
import { formatInteger } from "../format/number.ts";
import { formatDuration } from "../format/time.ts";
import { Claims } from "./claims.tsx";
import { HeadlineTable } from "./headline-table.tsx";
import { ProblemTable } from "./problem-table.tsx";
import { ReportFigures } from "./report-figures.tsx";
import { VerdictMatrix } from "./verdict-matrix.tsx";

interface Props {
  readonly studyId: string;
  /** The run that computes the study by its plan. */
  readonly run: Run;
  readonly problem: string | undefined;
  readonly onProblem: (problem: string) => void;
}

/** A study with a plan: how far its run is, then its report. */
export function StudyReport({ studyId, run, problem, onProblem }: Props): ReactElement {
  const done = run.status === "completed";
  const { data, error, refetch } = useQuery({ ...studyReportQuery(studyId, run.id), enabled: done });
  if (!done) return <Working run={run} />;
  if (error) return <Problem error={error} onRetry={() => void refetch()} />;
  if (!data) return <TableSkeleton rows={8} />;
  return <Sections report={data} run={run} problem={problem} onProblem={onProblem} />;
}

function Working({ run }: { readonly run: Run }) {
  return (
    <section className="panel stack" aria-label="Progress of the study">
      <div className="row">
        <Status status={run.status} />
        <Progress step={run.step} horizon={run.horizon} />
        <Link to="/runs/$runId" params={{ runId: run.id }}>
          Open its run
        </Link>
        <RunActions run={run} />
      </div>
      {run.failure && <p className="bad">{run.failure.message}</p>}
      <p className="muted">
        {isEnded(run.status)
          ? "It ended before the report was written; Retry goes on with the trainings that are left."
          : "The report appears here when every training of the plan is done: one step of this run is one training."}
      </p>
    </section>
  );
}

const measures = { train: "Training loss", validation: "Held-out loss" } as const;

function Sections({ report, run, problem, onProblem }: Omit<Props, "studyId"> & { readonly report: Report }) {
  const [measure, setMeasure] = useState<keyof typeof measures>("train");
  const { tuned, untuned } = report.headlines;
  const command = `npm run etude -- study run plan.json`;
  return (
    <>
      {report.question !== "" && <p className="question">{report.question}</p>}
      <Claims report={report} />
      <section className="stack" aria-labelledby="headlines">
        <div className="row spread">
          <h2 id="headlines">Better or not worse than the fixed schedules</h2>
          <span className="segmented" role="group" aria-label="Measure">
            {(Object.keys(measures) as (keyof typeof measures)[]).map((one) => (
              <button key={one} type="button" aria-pressed={one === measure} onClick={() => setMeasure(one)}>
                {measures[one]}
              </button>
            ))}
          </span>
        </div>
        <HeadlineTable title="At tuned rates" lines={tuned[measure]} report={report} />
        {untuned[measure].length > 0 && (
          <HeadlineTable title="Untuned: at multiples of the anchor's rate" lines={untuned[measure]} report={report} />
        )}
      </section>
      <VerdictMatrix report={report} />
      <ReportFigures report={report} />
      <ProblemTable report={report} chosen={problem} onChoose={onProblem} />
      {report.incomplete.length > 0 && (
        <div className="notice warn-notice">
          <strong>Not judged, since runs are missing</strong>
          <span>{report.incomplete.join("; ")}</span>
        </div>
      )}
      <section className="panel stack" aria-labelledby="reproduce">
        <h2 id="reproduce">Plan and files</h2>
        {report.notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
        <p className="muted">
          {formatInteger(report.runs)} trainings, {formatDuration(report.trainingSeconds)} of computing. The plan was
          frozen before the first of them: SHA-256 <code className="hash">{report.planHash}</code>.{" "}
          <Link to="/runs/$runId" params={{ runId: run.id }}>
            Its run
          </Link>
        </p>
        <ArtifactList run={run} />
        <div className="command">
          <code>{command}</code>
          <CopyButton text={command} />
        </div>
      </section>
    </>
  );
}
