import type { StudyReport } from "@etude/learning";
import { useState } from "react";
import { formatNumber } from "../format/number.ts";
import { VerdictLegend } from "./headline-table.tsx";
import { type Comparison, countVerdicts, matrixOf, titlesOf, verdictNames } from "./read-report.ts";
import { VerdictBar } from "./verdict-bar.tsx";

/** Who beats whom at tuned rates; a press on a pair tells it problem by problem. */
export function VerdictMatrix({ report }: { readonly report: StudyReport }) {
  const [pair, setPair] = useState<readonly [candidate: string, baseline: string]>();
  const { candidates, baselines, of } = matrixOf(report);
  const titleOf = titlesOf(report);
  if (candidates.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="verdicts">
      <div className="row spread">
        <h2 id="verdicts">Verdicts, problem by problem</h2>
        <VerdictLegend />
      </div>
      <div className="panel flush scroll">
        <table className="grid matrix">
          <thead>
            <tr>
              <th scope="col">against</th>
              {baselines.map((baseline) => (
                <th key={baseline} scope="col">
                  {titleOf(baseline)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {candidates.map((candidate) => (
              <tr key={candidate}>
                <th scope="row">{titleOf(candidate)}</th>
                {baselines.map((baseline) => {
                  const found = of(candidate, baseline);
                  const open = pair?.[0] === candidate && pair[1] === baseline;
                  const counts = countVerdicts(found);
                  return (
                    <td key={baseline}>
                      {found.length > 0 && (
                        <button
                          type="button"
                          className="quiet"
                          aria-pressed={open}
                          onClick={() => setPair(open ? undefined : [candidate, baseline])}
                        >
                          <VerdictBar counts={counts} />
                          <span>
                            {counts.better + counts["not-worse"]}/{found.length}
                          </span>
                        </button>
                      )}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {pair && (
        <PairTable
          title={`${titleOf(pair[0])} against ${titleOf(pair[1])}`}
          comparisons={of(pair[0], pair[1])}
          report={report}
        />
      )}
    </section>
  );
}

interface PairProps {
  readonly title: string;
  readonly comparisons: readonly Comparison[];
  readonly report: StudyReport;
}

function PairTable({ title, comparisons, report }: PairProps) {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem.title]));
  return (
    <div className="panel flush scroll">
      <table className="grid">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th>Problem</th>
            <th>Verdict</th>
            <th className="number" title="Median over paired seeds; below 1 the first is better">
              Loss ratio
            </th>
            <th className="number">Interval</th>
            <th className="number" title="Wilcoxon's signed rank, two-sided">
              p
            </th>
          </tr>
        </thead>
        <tbody>
          {comparisons.map(({ problem, verdict, median, interval, p }) => (
            <tr key={problem}>
              <td>{problems.get(problem) ?? problem}</td>
              <td className="nowrap">
                <i className={`verdict ${verdict}`} aria-hidden="true" /> {verdictNames[verdict]}
              </td>
              <td className="number">{ratio(median)}</td>
              <td className="number muted">
                {ratio(interval[0])} to {ratio(interval[1])}
              </td>
              <td className="number muted">{formatNumber(p)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Of a log ratio; ±1000 stands for one that diverged. */
const ratio = (log: number): string => formatNumber(log >= 1000 ? Number.POSITIVE_INFINITY : Math.exp(log));
