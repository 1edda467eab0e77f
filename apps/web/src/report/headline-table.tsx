import type { StudyReport } from "@etude/learning";
import { formatPercent } from "../format/number.ts";
import { type Headline, titlesOf, verdictNames, verdictOrder } from "./read-report.ts";
import { VerdictBar } from "./verdict-bar.tsx";

interface Props {
  readonly title: string;
  readonly lines: readonly Headline[];
  readonly report: StudyReport;
}

/** One line an entrant: its share of comparisons that are better or not worse, families weighing the same. */
export function HeadlineTable({ title, lines, report }: Props) {
  const titleOf = titlesOf(report);
  const roles = new Map(report.entrants.map(({ id, role, control }) => [id, control ? `${role}, control` : role]));
  if (lines.length === 0) return <p className="panel muted">{title}: nothing was measured.</p>;
  return (
    <div className="panel flush scroll headline">
      <table className="grid cards">
        <caption>{title}</caption>
        <thead>
          <tr>
            <th>Entrant</th>
            <th>Role</th>
            <th className="number">Better or not worse</th>
            <th className="number" title="90 % bootstrap over families, unless the plan says otherwise">
              Interval
            </th>
            <th className="number" title="The fixed schedule that it does worst against">
              Least, against
            </th>
            <th>Verdicts</th>
            <th className="number" title="No loss by the signed-rank test at 0.05 and a margin of 1 %">
              No loss
            </th>
            <th className="number" title="The same with Holm's correction">
              Holm
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.entrant}>
              <td className="name">{titleOf(line.entrant)}</td>
              <td className="muted">{roles.get(line.entrant)}</td>
              <td className="number" data-label="share">
                <strong>{formatPercent(line.pooled)}</strong>
              </td>
              <td className="number muted" data-label="interval">
                {formatPercent(line.interval[0])} to {formatPercent(line.interval[1])}
              </td>
              <td className="number" data-label="least">
                {formatPercent(line.minimum.share)} <span className="muted">{titleOf(line.minimum.baseline)}</span>
              </td>
              <td>
                <VerdictBar counts={line.counts} />
              </td>
              <td className="number muted" data-label="no loss">
                {formatPercent(line.customary)}
              </td>
              <td className="number muted" data-label="Holm">
                {formatPercent(line.customaryHolm)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What the colours of the verdicts mean. */
export const VerdictLegend = () => (
  <ul className="legend">
    {verdictOrder.map((verdict) => (
      <li key={verdict}>
        <i className={`verdict ${verdict}`} aria-hidden="true" /> <span>{verdictNames[verdict]}</span>
      </li>
    ))}
  </ul>
);
