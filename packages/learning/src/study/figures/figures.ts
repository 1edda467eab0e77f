import type { StudyReport } from "../report.ts";
import { criticalDifferenceDiagram } from "./critical-difference.ts";
import { type FigurePanel, linePanels } from "./line-panels.ts";

/** So many lines can be told apart in one panel. */
const mostLines = 10;

/** Returns the figures of a report, by name: SVG. Those that have nothing to show are absent. */
export function drawFigures(report: StudyReport, figures: FiguresOf): Record<string, string> {
  const title = new Map(report.entrants.map(({ id, title }) => [id, title]));
  const titleOf = (id: string): string => title.get(id) ?? id;
  const { ranks } = report;
  const first = ranks
    ? ranks.entrants.toSorted((a, b) => rankOf(report, a) - rankOf(report, b)).slice(0, mostLines)
    : report.profiles.map(({ entrant }) => entrant).slice(0, mostLines);
  const axis = axisPanels(report, titleOf, first);
  const rates = tracePanels(report, titleOf, figures?.rates, "rates");
  const losses = tracePanels(report, titleOf, figures?.losses, "losses");
  return {
    ...(ranks && {
      ranks: criticalDifferenceDiagram(`Mean ranks of the final loss, tuned rates, ${ranks.families} families`, {
        names: ranks.entrants.map(titleOf),
        meanRanks: ranks.meanRanks,
        criticalDifference: ranks.criticalDifference,
      }),
    }),
    ...(report.profiles.length > 0 && {
      profiles: linePanels(
        "Performance profiles, tuned rates",
        [
          {
            title: `The ${first.length} best by rank`,
            x: { label: "final loss / best of the problem", log: true },
            y: { label: "share of problems" },
            lines: report.profiles
              .filter(({ entrant }) => first.includes(entrant))
              .map(({ entrant, ratios, shares }) => ({
                name: titleOf(entrant),
                steps: true,
                points: [
                  ...ratios.map((ratio, i) => [Math.min(ratio, widest), shares[i]!] as const),
                  [widest, shares.at(-1) ?? 0] as const,
                ],
              })),
          },
        ],
        2,
      ),
    }),
    ...(report.regret.length > 0 && { untuned: untunedPanel(report, titleOf) }),
    ...(rates.length > 0 && { rates: linePanels("Rates as applied, one run each", rates) }),
    ...(losses.length > 0 && { losses: linePanels("Training loss of one run each, mean of the last 5 %", losses) }),
    ...(axis.length > 0 && { axis: linePanels("Final loss over the best, tuned rates", axis) }),
  };
}

type FiguresOf =
  | Readonly<Record<"rates" | "losses", { readonly problems: readonly string[]; readonly entrants: readonly string[] }>>
  | undefined;

/** Profiles are drawn up to this ratio. */
const widest = 10;

const rankOf = ({ ranks }: StudyReport, id: string): number => ranks!.meanRanks[ranks!.entrants.indexOf(id)]!;

function tracePanels(
  { traces, problems }: StudyReport,
  titleOf: (id: string) => string,
  figure: { readonly problems: readonly string[]; readonly entrants: readonly string[] } | undefined,
  what: "rates" | "losses",
): FigurePanel[] {
  return (figure?.problems ?? []).flatMap((id) => {
    const lines = traces
      .filter(({ problem, entrant }) => problem === id && figure!.entrants.includes(entrant))
      .map(({ entrant, trace }) => ({
        name: titleOf(entrant),
        points: trace.steps.map(
          (step, i) => [step, what === "rates" ? trace.rates[i]! : trailing(trace.losses, i)] as const,
        ),
      }));
    if (lines.length === 0) return [];
    const title = problems.find((problem) => problem.id === id)?.title ?? id;
    return [
      { title, lines, x: { label: "step" }, y: { label: what === "rates" ? "learning rate" : "loss", log: true } },
    ];
  });
}

/** Batch losses jump: each place shows the mean of this share of the run before it. */
const smoothing = 0.05;

function trailing(values: readonly number[], i: number): number {
  const seen = values.slice(Math.max(0, i + 1 - Math.ceil(smoothing * values.length)), i + 1);
  return seen.reduce((sum, value) => sum + value, 0) / seen.length;
}

function untunedPanel({ regret, entrants }: StudyReport, titleOf: (id: string) => string): string {
  const shown = regret.filter(
    ({ entrant }, i) => i < mostLines - 2 || entrants.find(({ id }) => id === entrant)?.control,
  );
  return linePanels(
    "Untuned: loss over tuned cosine's, geometric mean over families",
    [
      {
        title: "By starting rate",
        x: { label: "starting rate / tuned rate of the anchor", log: true },
        y: { label: "loss / tuned anchor's", log: true },
        lines: shown.map(({ entrant, byFactor }) => ({
          name: titleOf(entrant),
          points: Object.entries(byFactor)
            .map(([factor, ratio]) => [Number(factor), ratio] as const)
            .toSorted(([a], [b]) => a - b),
        })),
      },
    ],
    2,
  );
}

function axisPanels(report: StudyReport, titleOf: (id: string) => string, shown: readonly string[]): FigurePanel[] {
  const along = report.problems
    .filter(({ axis }) => axis !== undefined)
    .toSorted((a, b) => a.axis!.value - b.axis!.value);
  if (along.length < 2) return [];
  const lossOf = (id: string, row: (typeof along)[number]): number =>
    row.rows.find(({ entrant }) => entrant === id)?.trainLoss ?? Infinity;
  const best = along.map((problem) => Math.min(...problem.rows.map(({ entrant }) => lossOf(entrant, problem))));
  const lines = shown.map((id) => ({
    name: titleOf(id),
    points: along.map((problem, i) => [problem.axis!.value, lossOf(id, problem) / best[i]!] as const),
  }));
  const { name } = along[0]!.axis!;
  return [{ title: `By ${name}`, lines, x: { label: name, log: true }, y: { label: "loss / best", log: true } }];
}
