import type { ClaimResult } from "./claims.ts";
import { groupBy } from "../group-by.ts";
import type { Headline } from "./headline.ts";
import type { ProblemReport, StudyReport } from "./report.ts";
import { summarySentences } from "./summary.ts";

const percent = (share: number): string => (Number.isNaN(share) ? "–" : `${Math.round(100 * share)} %`);
const range = ([low, high]: readonly [number, number]): string => `${Math.round(100 * low)}–${Math.round(100 * high)}`;
const number = (value: number | null | undefined, digits = 3): string =>
  value === null || value === undefined ? "–" : String(+value.toPrecision(digits));

const table = (heading: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heading, heading.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

export interface MarkdownOptions {
  /** The command that made it. */
  readonly command: string;
  /** Names of figures that stand beside the file, and where. */
  readonly figures: Readonly<Record<string, string>>;
}

/** Returns the report as a Markdown page. */
export function studyMarkdown(report: StudyReport, { command, figures }: MarkdownOptions): string {
  const titles = new Map(report.entrants.map(({ id, title }) => [id, title]));
  const titleOf = (id: string): string => titles.get(id) ?? id;
  const families = new Set(report.problems.map(({ family }) => family)).size;
  const figure = (name: string, alt: string): string[] => (figures[name] ? ["", `![${alt}](${figures[name]})`] : []);
  return [
    `# ${report.name}`,
    "",
    ...(report.question === "" ? [] : [report.question, ""]),
    `${report.problems.length} problems of ${families} families, ${report.entrants.length} entrants, ${report.runs} runs on the array engine (${Math.round(report.trainingSeconds / 60)} minutes of training, summed over processes). Plan: SHA-256 \`${report.planHash}\`, frozen before the first run. Made by \`${command}\`.`,
    "",
    ...report.notes.map((note) => `- ${note}`),
    ...(report.incomplete.length > 0 ? [`- Not complete: ${report.incomplete.join("; ")}.`] : []),
    "",
    "## In short",
    "",
    ...summarySentences(report, titleOf).map((sentence) => `- ${sentence}`),
    "",
    ...(report.claims.length > 0
      ? [
          "## Claims",
          "",
          "Shares give every family the same weight; the interval resamples families. Tuned and untuned rates are apart.",
          "",
          claimTables(report, titleOf),
        ]
      : []),
    "## Tuned rates: final training loss against each fixed schedule",
    "",
    "Better or not worse, by the 90 % interval of the median paired log ratio. B/N/W/U counts comparisons that are better, not worse, worse, undecided. Customary: no loss by p < 0.05 and 1 % (with Holm's correction within the line). +0.1: the paper's rule, within 0.1 of the baseline's loss. Lines of fewer families ran on the quick problems alone and do not compare with the others; ranks are of those that ran everywhere.",
    "",
    headlineTable(report.headlines.tuned.train, titleOf, true),
    ...figure("ranks", "Mean ranks with the critical difference"),
    ...figure("profiles", "Performance profiles"),
    "",
    "## Tuned rates: held-out loss",
    "",
    headlineTable(report.headlines.tuned.validation, titleOf, false),
    "",
    "## Untuned rates: final training loss",
    "",
    "Everybody starts from the tuned anchor's rate times each factor, in its first setting; all factors together.",
    "",
    headlineTable(report.headlines.untuned.train, titleOf, false),
    "",
    "Loss over the tuned anchor's, geometric mean over families, each cut at 1000:",
    "",
    regretTable(report, titleOf),
    ...figure("untuned", "Loss by starting rate"),
    "",
    "## Untuned rates: held-out loss",
    "",
    headlineTable(report.headlines.untuned.validation, titleOf, false),
    "",
    "## The default schedule",
    "",
    defaultsText(report, titleOf),
    "",
    ...(figures["rates"] ? ["## What the schedules do", ...figure("rates", "Rates as applied")] : []),
    ...figure("losses", "Losses of adaptive rates and of a constant one"),
    ...(figures["axis"] ? ["", "## Along the axis", ...figure("axis", "Final loss along the axis")] : []),
    "",
    "## Every problem",
    "",
    "Medians over the evaluation seeds, at the rate and setting that tuning chose. Cost: gradient evaluations + ⅓ per extra forward pass until the training loss is at the tuned anchor's final loss on the same seed + 1 %; – is never, or diverged. State: bytes that the schedule remembers; the optimizer's stand beside it.",
    "",
    ...report.problems.flatMap((problem) => problemTable(problem, titleOf)),
  ].join("\n");
}

function claimTables({ claims }: StudyReport, titleOf: (id: string) => string): string {
  return [...groupBy(claims, ({ claim }) => claim).values()]
    .map((mine) =>
      [
        `**${mine[0]!.text}** (share above ${percent(mine[0]!.above)} of the comparisons)`,
        "",
        table(
          ["candidate", "rates", "wanted", "interval", "better", "worse", "comparisons", "families", "holds"],
          mine.map((claim: ClaimResult) => [
            titleOf(claim.candidate),
            claim.rates,
            percent(claim.wanted),
            range(claim.interval),
            percent(claim.better),
            percent(claim.worse),
            String(claim.comparisons),
            String(claim.families),
            claim.holds ? "**yes**" : "no",
          ]),
        ),
        "",
      ].join("\n"),
    )
    .join("\n");
}

function headlineTable(lines: readonly Headline[], titleOf: (id: string) => string, full: boolean): string {
  if (lines.length === 0) return "Nothing to compare.";
  const baselines = [...new Set(lines.flatMap(({ byBaseline }) => Object.keys(byBaseline)))];
  return table(
    [
      "entrant",
      "pooled",
      "interval",
      "minimum over F",
      ...(full ? baselines.map(titleOf) : []),
      "B/N/W/U",
      "customary (Holm)",
      "+0.1",
      "families",
    ],
    lines.map((line) => [
      titleOf(line.entrant),
      `**${percent(line.pooled)}**`,
      range(line.interval),
      `${percent(line.minimum.share)} (${titleOf(line.minimum.baseline)})`,
      ...(full ? baselines.map((baseline) => percent(line.byBaseline[baseline] ?? Number.NaN)) : []),
      [line.counts.better, line.counts["not-worse"], line.counts.worse, line.counts.undecided].join("/"),
      `${percent(line.customary)} (${line.customaryHolm === null ? "–" : percent(line.customaryHolm)})`,
      percent(line.withinTenth),
      String(line.families),
    ]),
  );
}

function regretTable({ regret }: StudyReport, titleOf: (id: string) => string): string {
  const factors = [...new Set(regret.flatMap(({ byFactor }) => Object.keys(byFactor)))].toSorted(
    (a, b) => Number(a) - Number(b),
  );
  return table(
    ["entrant", "all", ...factors.map((factor) => `× ${factor}`), "families"],
    regret.map(({ entrant, families, all, byFactor }) => [
      titleOf(entrant),
      `**${number(all)}**`,
      ...factors.map((factor) => number(byFactor[factor])),
      String(families),
    ]),
  );
}

function defaultsText({ defaults }: StudyReport, titleOf: (id: string) => string): string {
  if (defaults.length === 0) return "Too few families to choose on one half and judge on the other.";
  const rows = defaults.map(({ chosenOn, judgedOn, chosen, judged, bestFixed }) => {
    const meets =
      judged.pooled >= 0.9 &&
      judged.minimum.share >= 0.8 &&
      judged.pooled > bestFixed.pooled &&
      judged.minimum.share > bestFixed.minimum.share;
    return [
      titleOf(chosen.entrant),
      `${percent(chosen.pooled)} on ${chosenOn.length}`,
      `${percent(judged.pooled)} on ${judgedOn.length}`,
      `${percent(judged.minimum.share)} (${titleOf(judged.minimum.baseline)})`,
      `${titleOf(bestFixed.entrant)}: ${percent(bestFixed.pooled)}, minimum ${percent(bestFixed.minimum.share)}`,
      meets ? "met" : `missed: pooled ${points(judged.pooled - 0.9)}, minimum ${points(judged.minimum.share - 0.8)}`,
    ];
  });
  return [
    "Chosen on half of the families, judged on the other half, both ways. Target: pooled at least 90 %, minimum over F at least 80 %, both above the best fixed schedule's own line.",
    "",
    table(
      ["chosen", "pooled where chosen", "pooled where judged", "minimum over F", "best fixed there", "target"],
      rows,
    ),
  ].join("\n");
}

const points = (difference: number): string =>
  `${difference < 0 ? "−" : "+"}${Math.abs(Math.round(100 * difference))} points`;

function problemTable(problem: ProblemReport, titleOf: (id: string) => string): string[] {
  const [first, last] = [problem.rates[0]!, problem.rates.at(-1)!];
  const extended = problem.gridExtensions > 0 ? `, extended ${problem.gridExtensions} times` : "";
  return [
    `### ${problem.title}`,
    "",
    `\`${problem.id}\`, family ${problem.family}, ${problem.optimizer}, ${problem.steps} steps; ${problem.rates.length} rates from ${number(first)} to ${number(last)}${extended}; resolution ${problem.resolution}; target ${number(problem.target, 4)}.`,
    "",
    table(
      [
        "entrant",
        "rate",
        "train loss",
        "held-out loss",
        "accuracy",
        "cost to target",
        "diverged",
        "µs a step",
        "state (+ optimizer)",
      ],
      problem.rows
        .toSorted((a, b) => (a.trainLoss ?? Infinity) - (b.trainLoss ?? Infinity))
        .map((row) => [
          titleOf(row.entrant),
          `${number(row.rate)}${row.setting > 0 ? ` (${row.setting + 1})` : ""}`,
          number(row.trainLoss, 4),
          number(row.validationLoss, 4),
          row.accuracy === undefined ? "–" : `${(100 * row.accuracy).toFixed(1)} %`,
          number(row.cost, 4),
          row.diverged === 0 ? "" : String(row.diverged),
          number(row.microsecondsPerStep),
          `${row.stateBytes} (+ ${row.optimizerBytes})`,
        ]),
    ),
    "",
  ];
}
