import type { StudyReport } from "@etude/learning";
import { CriticalDifference } from "./critical-difference.tsx";
import { LineFigure } from "./line-figure.tsx";
import { leaders, mostLines, titlesOf, widestRatio } from "./read-report.ts";

/** The figures of a report, drawn from its numbers. */
export function ReportFigures({ report }: { readonly report: StudyReport }) {
  const titleOf = titlesOf(report);
  const { ranks, profiles, regret } = report;
  const first = leaders(report);
  return (
    <section className="stack" aria-label="Figures">
      {ranks && (
        <CriticalDifference
          names={ranks.entrants.map(titleOf)}
          meanRanks={ranks.meanRanks}
          criticalDifference={ranks.criticalDifference}
          families={ranks.families}
        />
      )}
      <div className="figures">
        <LineFigure
          title="Performance profiles, tuned rates"
          steps
          x={{ label: "final loss / best of the problem", log: true }}
          y={{ label: "share of problems" }}
          lines={first.map((id) => ({ name: titleOf(id), points: profilePoints(profiles, id) }))}
        />
        {regret.length > 0 && (
          <LineFigure
            title="Untuned: loss over the tuned anchor's"
            x={{ label: "starting rate / tuned rate of the anchor", log: true }}
            y={{ label: "loss ratio", log: true }}
            lines={regret.slice(0, mostLines).map(({ entrant, byFactor }) => ({
              name: titleOf(entrant),
              points: Object.entries(byFactor)
                .map(([factor, ratio]) => [Number(factor), ratio] as const)
                .toSorted(([a], [b]) => a - b),
            }))}
          />
        )}
        {[...new Set(report.traces.map(({ problem }) => problem))].map((problem) => (
          <RateFigure key={problem} report={report} problem={problem} titleOf={titleOf} />
        ))}
      </div>
    </section>
  );
}

interface RateProps {
  readonly report: StudyReport;
  readonly problem: string;
  readonly titleOf: (id: string) => string;
}

function RateFigure({ report, problem, titleOf }: RateProps) {
  const title = report.problems.find(({ id }) => id === problem)?.title ?? problem;
  return (
    <LineFigure
      title={`Learning rate as applied, one run each: ${title}`}
      x={{ label: "step" }}
      y={{ label: "learning rate", log: true }}
      lines={report.traces
        .filter((one) => one.problem === problem)
        .map(({ entrant, trace }) => ({
          name: titleOf(entrant),
          points: trace.steps.map((step, i) => [step, trace.rates[i]!] as const),
        }))}
    />
  );
}

function profilePoints(profiles: StudyReport["profiles"], id: string): [number, number][] {
  const profile = profiles.find(({ entrant }) => entrant === id);
  if (!profile) return [];
  const { ratios, shares } = profile;
  const inside = ratios.flatMap((ratio, i): [number, number][] => (ratio <= widestRatio ? [[ratio, shares[i]!]] : []));
  const start: [number, number] = [1, ratios[0] === 1 ? shares[0]! : 0];
  return [start, ...inside, [widestRatio, inside.at(-1)?.[1] ?? 0]];
}
