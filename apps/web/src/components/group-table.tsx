import { scheduleOf, seedOf } from "@etude/contracts";
import { Link } from "@tanstack/react-router";
import { meanAndDeviation } from "../chart/average.ts";
import type { LineStyle } from "../chart/palette.ts";
import { Swatch } from "../chart/swatch.tsx";
import { formatNumber, formatPercent } from "../format/number.ts";
import { scoreOf, type Score } from "../format/run.ts";
import { ScheduleThumb } from "../schedule/thumbnail.tsx";
import type { Group } from "../study-groups.ts";
import { Status } from "./status.tsx";

interface Props {
  readonly groups: readonly Group[];
  readonly styles: ReadonlyMap<string, LineStyle>;
}

/** The groups of a study with the mean and standard deviation of their scores over the seeds that have ended. */
export function GroupTable({ groups, styles }: Props) {
  return (
    <div className="panel flush scroll">
      <table className="grid cards">
        <thead>
          <tr>
            <th aria-label="Line" />
            <th>Settings</th>
            <th aria-label="Schedule" />
            <th className="number" title="Runs that have ended, of all">
              n
            </th>
            <th className="number">Final val. loss</th>
            <th className="number">Best</th>
            <th className="number">Accuracy</th>
            <th>Runs</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <GroupRow key={group.id} group={group} style={styles.get(group.id)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function GroupRow({ group, style }: { readonly group: Group; readonly style: LineStyle | undefined }) {
  const scored = group.runs.filter(({ summary }) => summary !== null).map((run) => scoreOf(run));
  const first = group.runs[0]!;
  const spread = (pick: (score: Score) => number | undefined, format: (value: number) => string): string => {
    const found = meanAndDeviation(scored.flatMap((score) => pick(score) ?? []));
    if (!found) return "–";
    return found.deviation === undefined ? format(found.mean) : `${format(found.mean)} ± ${format(found.deviation)}`;
  };
  return (
    <tr>
      <td>{style && <Swatch colour={style.colour} dash={style.dash} />}</td>
      <td className="nowrap">{group.label}</td>
      <td>
        <ScheduleThumb schedule={scheduleOf(first.spec)} horizon={first.horizon} />
      </td>
      <td className="number" data-label="n">
        {scored.length}/{group.runs.length}
      </td>
      <td className="number" data-label="final">
        {spread((score) => score.validationLoss, formatNumber)}
      </td>
      <td className="number" data-label="best">
        {spread((score) => score.bestValidationLoss, formatNumber)}
      </td>
      <td className="number" data-label="accuracy">
        {spread((score) => score.accuracy, formatPercent)}
      </td>
      <td className="full">
        <span className="row">
          {group.runs.map((run) => (
            <Link key={run.id} to="/runs/$runId" params={{ runId: run.id }} title={run.name} className="row">
              <Status status={run.status} />
              <span className="muted">seed {seedOf(run.spec)}</span>
            </Link>
          ))}
        </span>
      </td>
    </tr>
  );
}
