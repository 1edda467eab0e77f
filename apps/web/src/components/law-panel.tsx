import type { FittedLaw, OptimisedSchedule, Run } from "@etude/contracts";
import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { client } from "../api/client.ts";
import { formatNumber, formatPercent } from "../format/number.ts";
import { scheduleText } from "../format/run.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import { Problem } from "./problem.tsx";

/** Fits a law of the loss to the compared runs, judges it on those held back, and asks it for the best schedule. */
export function LawPanel({ runs }: { readonly runs: readonly Run[] }) {
  const ended = runs.filter(({ status, spec }) => status === "completed" && spec.kind !== "study");
  const [heldBack, setHeldBack] = useState<readonly string[]>([]);
  const train = ended.filter(({ id }) => !heldBack.includes(id)).map(({ id }) => id);
  const test = ended.filter(({ id }) => heldBack.includes(id)).map(({ id }) => id);
  const fit = useMutation({ mutationFn: () => client.fitLaw({ body: { train, test } }) });
  const optimise = useMutation({ mutationFn: () => client.optimiseSchedule({ body: { train, test } }) });
  if (ended.length < 2) return null;
  const toggle = (id: string): void => {
    fit.reset();
    optimise.reset();
    setHeldBack(heldBack.includes(id) ? heldBack.filter((one) => one !== id) : [...heldBack, id]);
  };
  return (
    <section className="panel stack" aria-labelledby="law">
      <h2 id="law">Loss law</h2>
      <p className="muted">
        Predicts the training loss under any schedule of this task from these runs. Runs that are held back judge it.
      </p>
      <div className="row" role="group" aria-label="Held back">
        {ended.map(({ id, name }) => (
          <label key={id} className="check">
            <input type="checkbox" checked={heldBack.includes(id)} onChange={() => toggle(id)} />
            hold back {name}
          </label>
        ))}
      </div>
      <div className="row">
        <button type="button" disabled={train.length < 2 || fit.isPending} onClick={() => fit.mutate()}>
          {fit.isPending ? "Fitting" : `Fit to ${train.length} runs`}
        </button>
        <button type="button" disabled={train.length < 2 || optimise.isPending} onClick={() => optimise.mutate()}>
          {optimise.isPending ? "Optimising" : "Optimise from these"}
        </button>
      </div>
      {fit.error && <Problem error={fit.error} />}
      {fit.data && <Fitted law={fit.data} />}
      {optimise.error && <Problem error={optimise.error} />}
      {optimise.data && <Optimised answer={optimise.data} />}
    </section>
  );
}

function Fitted({ law }: { readonly law: FittedLaw }) {
  return (
    <>
      <p>
        Mean relative error {formatPercent(law.train.meanRelativeError)} on the runs it was fitted to
        {law.test && `, ${formatPercent(law.test.meanRelativeError)} on those held back`}; of a law that does not know
        of the rate {formatPercent(law.control.train.meanRelativeError)}
        {law.control.test && ` and ${formatPercent(law.control.test.meanRelativeError)}`}.
      </p>
      {law.doubt !== null && (
        <div className="notice warn-notice" role="status">
          <strong>No advice from this law</strong>
          <span>{law.doubt}</span>
        </div>
      )}
    </>
  );
}

function Optimised({ answer }: { readonly answer: OptimisedSchedule }) {
  const { schedule, predictedLoss, compared, peak, floor, runSpec } = answer;
  const steps = runSpec.kind === "training" && "steps" in runSpec.budget ? runSpec.budget.steps : null;
  return (
    <>
      <div className="row">
        <ScheduleThumb schedule={schedule} horizon={steps} />
        <span>
          {scheduleText(schedule)} between {formatNumber(floor)} and {formatNumber(peak)}: final loss{" "}
          {formatNumber(predictedLoss.value)}{" "}
          <span className="muted">
            ({formatNumber(predictedLoss.low)} to {formatNumber(predictedLoss.high)})
          </span>
        </span>
        <Link to="/submit" search={{ spec: JSON.stringify(runSpec) }} className="button primary">
          Open in the form
        </Link>
      </div>
      <p className="muted">
        The law expects of{" "}
        {Object.entries(compared)
          .map(([shape, loss]) => `${shape} ${formatNumber(loss)}`)
          .join(", ")}
        .
      </p>
    </>
  );
}
