import type { StudyReport } from "@etude/learning";
import { formatCount, formatNumber, formatPercent } from "../format/number.ts";
import { titlesOf } from "./read-report.ts";

interface Props {
  readonly report: StudyReport;
  readonly chosen: string | undefined;
  readonly onChoose: (problem: string) => void;
}

/** One problem at tuned rates: what every entrant came to, and what it cost. */
export function ProblemTable({ report, chosen, onChoose }: Props) {
  const titleOf = titlesOf(report);
  const problem = report.problems.find(({ id }) => id === chosen) ?? report.problems[0];
  if (!problem) return null;
  const orInfinity = (value: number | null): number => value ?? Number.POSITIVE_INFINITY;
  const rows = problem.rows.toSorted((a, b) => orInfinity(a.trainLoss) - orInfinity(b.trainLoss));
  return (
    <section className="stack" aria-labelledby="problems">
      <div className="row spread">
        <h2 id="problems">By problem</h2>
        <select aria-label="Problem" value={problem.id} onChange={(event) => onChoose(event.target.value)}>
          {report.problems.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </div>
      <p className="muted">
        {problem.optimizer}, {problem.steps} steps, {problem.domain}. Target: the loss {formatNumber(problem.target)}.
        Medians over the evaluation seeds. Rates tried: {problem.rates.map((rate) => formatNumber(rate)).join(", ")}.
      </p>
      <div className="panel flush scroll">
        <table className="grid cards">
          <thead>
            <tr>
              <th>Entrant</th>
              <th className="number">Tuned rate</th>
              <th className="number">Train loss</th>
              <th className="number">Held-out loss</th>
              <th className="number">Accuracy</th>
              <th className="number" title="Gradients until the target, extra forward passes counted as a third">
                Cost to target
              </th>
              <th className="number">Diverged</th>
              <th className="number">µs/step</th>
              <th className="number" title="Memory of the schedule between steps">
                State, bytes
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.entrant}>
                <td className="name">{titleOf(row.entrant)}</td>
                <td className="number" data-label="rate">
                  {formatNumber(row.rate)}
                </td>
                <td className="number" data-label="train">
                  {formatNumber(orInfinity(row.trainLoss))}
                </td>
                <td className="number" data-label="held-out">
                  {row.validationLoss === undefined ? "–" : formatNumber(orInfinity(row.validationLoss))}
                </td>
                <td className="number" data-label="accuracy">
                  {formatPercent(row.accuracy)}
                </td>
                <td className="number" data-label="cost">
                  {row.cost === null ? <span className="muted">never</span> : formatNumber(row.cost)}
                </td>
                <td className={`number ${row.diverged > 0 ? "bad" : "muted"}`} data-label="diverged">
                  {row.diverged}
                </td>
                <td className="number muted" data-label="µs/step">
                  {formatNumber(row.microsecondsPerStep)}
                </td>
                <td className="number muted" data-label="bytes">
                  {formatCount(row.stateBytes)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
