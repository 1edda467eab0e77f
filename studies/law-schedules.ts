/**
 * `npm run study -- law-schedules`: are schedules learned from histories better than the standard ones? On three tasks of
 * the suite, the schedule optimised under a loss law and the one refined from gradient norms against wsd and linear, the
 * rate of each tuned alike, judged on 20 fresh seeds. Needs no server: the array engine trains.
 */
import { ScheduleSpec } from "@etude/catalog";
import { type Comparison, judgeOf, type Problem, suite, train } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import { type Derived, lawSchedule, refinedSchedule } from "./law-schedules/derive.ts";
import type { Report } from "./lib/run-all.ts";

const plan = {
  problems: ["linear-diabetes", "mlp-digits-momentum", "char-window"],
  rates: Array.from({ length: 17 }, (_, i) => Number((10 ** (-3 + i / 4)).toPrecision(4))),
  tuningSeeds: [1, 2, 3],
  judgedSeeds: Array.from({ length: 20 }, (_, i) => 3001 + i),
  margins: { better: 0.01, notWorse: 0.05, confidence: 0.9, target: 0.01 },
  bootstrap: { draws: 2000, seed: 1 },
};
type At = (rate: number) => ScheduleSpec;

interface Entrant {
  readonly rate: number;
  readonly losses: readonly number[];
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
};

const finalLoss = (problem: Problem, schedule: ScheduleSpec, seed: number): number =>
  train(problem, { schedule, seed }).finalTrainLoss;

/** The rate with the least mean final loss over the tuning seeds. */
function tuned(problem: Problem, at: At): number {
  const loss = (rate: number): number =>
    plan.tuningSeeds.reduce((sum, seed) => sum + Math.log(finalLoss(problem, at(rate), seed)), 0);
  return plan.rates.map((rate) => ({ rate, loss: loss(rate) })).reduce((a, b) => (b.loss < a.loss ? b : a)).rate;
}

const entrant = (problem: Problem, at: At, rate: number): Entrant => ({
  rate,
  losses: plan.judgedSeeds.map((seed) => finalLoss(problem, at(rate), seed)),
});

/** The shape of a derived schedule at any peak rate. */
const shapeOf =
  ({ schedule }: Derived): At =>
  (rate) => {
    if (schedule.kind !== "piecewise") throw new Error(`a derived schedule is piecewise; got ${schedule.kind}`);
    const highest = Math.max(...schedule.points.map((point) => point.rate));
    return { ...schedule, points: schedule.points.map((point) => ({ ...point, rate: (point.rate * rate) / highest })) };
  };

function judgeProblem(problem: Problem) {
  const standard: Record<string, At> = {
    wsd: (rate) => ScheduleSpec.parse({ kind: "constant", rate, tail: { fraction: 0.2, shape: "1-sqrt" } }),
    linear: (rate) => ScheduleSpec.parse({ kind: "linear", rate }),
  };
  // A law needs a history at a constant rate that still converges: the tuned rate of wsd is one, that of linear need not be.
  const reference = tuned(problem, standard["wsd"]!);
  const derived = {
    optimised: lawSchedule(problem, reference, plan.tuningSeeds),
    refined: refinedSchedule(problem, reference, plan.tuningSeeds),
  };
  const shapes = { ...standard, optimised: shapeOf(derived.optimised), refined: shapeOf(derived.refined) };
  const entrants: Record<string, Entrant> = {};
  for (const [name, at] of Object.entries(shapes)) {
    process.stderr.write(`${problem.id}: ${name}\n`);
    entrants[name] = entrant(problem, at, tuned(problem, at));
  }
  for (const name of ["optimised", "refined"] as const)
    entrants[`${name}, rate as given`] = entrant(problem, shapes[name], reference);
  const judge = judgeOf(plan);
  const against = (name: string): Record<string, Comparison> =>
    Object.fromEntries(
      ["wsd", "linear"].map((other) => [
        other,
        judge(entrants[name]!.losses, entrants[other]!.losses, problem.resolution),
      ]),
    );
  const comparisons = Object.fromEntries(
    Object.keys(entrants)
      .filter((name) => !(name in standard))
      .map((name) => [name, against(name)]),
  );
  return { problem: problem.id, reference, derived, entrants, comparisons };
}

type Judged = ReturnType<typeof judgeProblem>;

const ratio = ({ median: middle, interval, verdict }: Comparison): string =>
  `${[middle, ...interval].map((value) => Math.exp(value).toFixed(3)).join(" | ")} | ${verdict}`;

function markdown(judged: readonly Judged[]): string {
  const counted = (name: string): string => {
    const verdicts = judged.flatMap(({ comparisons }) =>
      Object.values(comparisons[name]!).map(({ verdict }) => verdict),
    );
    const kinds = ["better", "not-worse", "worse", "undecided"] as const;
    return kinds.map((kind) => `${verdicts.filter((one) => one === kind).length} ${kind.replace("-", " ")}`).join(", ");
  };
  const refusedOn = judged
    .filter(({ derived }) => derived.optimised.note.includes("refuses"))
    .map(({ problem }) => problem);
  const refusals =
    refusedOn.length === 0
      ? ""
      : ` On ${refusedOn.join(", ")} Etude itself would not give the optimised schedule (see below).`;
  const runs = plan.problems.length * (4 * plan.rates.length * 3 + 6 * plan.judgedSeeds.length);
  return `# law-schedules

Made by \`npm run study -- law-schedules\`, trained in the array engine (${runs} runs and 12 histories a task). Tasks: ${plan.problems.join(", ")}. Every schedule's rate is tuned alike: ${plan.rates.length} rates from ${plan.rates[0]} to ${plan.rates.at(-1)}, ${plan.tuningSeeds.length} tuning seeds, least mean log of the final loss. Judged by the final training loss, without noise, on ${plan.judgedSeeds.length} fresh seeds, paired. **optimised**: the Multi-Power Law fitted to constant, cosine and two-step runs at the tuned rate of wsd (9 runs more), its best schedule of 32 knots as a shape. **refined**: from the gradient norms of linear runs at that rate (3 more). Both cost these runs beyond the common budget. wsd: constant, then a 20 % 1-sqrt tail. Ratios are medians of paired final losses with their ${100 * plan.margins.confidence} % bootstrap interval; verdicts as in the flagship study: better (interval below 1, median below 0.99), not-worse (upper end at most 1.05), worse (lower end above 1), else undecided.

**What it shows.** Against wsd and linear at tuned rates, ${2 * judged.length} comparisons each: optimised ${counted("optimised")}; refined ${counted("refined")}. A first try, on other judged seeds, took the histories at the tuned rate of linear, where constant runs hardly converge: optimised was then 5 % worse than both on char-window, refined 3.6 times worse than linear on mlp-digits-momentum. A second, on others again and with a less thorough search, gave the verdicts of this one.${refusals}

| task | schedule | against | ratio | low | high | verdict |
|---|---|---|---|---|---|---|
${judged
  .flatMap(({ problem, comparisons }) =>
    Object.entries(comparisons).flatMap(([name, others]) =>
      Object.entries(others).map(([other, one]) => `| ${problem} | ${name} | ${other} | ${ratio(one)} |`),
    ),
  )
  .join("\n")}

| task | schedule | rate | median final loss |
|---|---|---|---|
${judged
  .flatMap(({ problem, entrants }) =>
    Object.entries(entrants).map(
      ([name, { rate, losses }]) => `| ${problem} | ${name} | ${rate} | ${median(losses).toPrecision(4)} |`,
    ),
  )
  .join("\n")}

What Etude says of the derived schedules:

${judged
  .flatMap(({ problem, derived }) =>
    Object.entries(derived).map(([name, { note }]) => `* ${problem}, ${name}: ${note}.`),
  )
  .join("\n")}
`;
}

/** Returns the report, as JSON and as Markdown. */
export async function run(): Promise<Report> {
  const problems = suite(await readSuiteFiles());
  const judged = plan.problems.map((id) => judgeProblem(problems.find((problem) => problem.id === id)!));
  return {
    "law-schedules.json": `${JSON.stringify({ plan, judged }, null, 1)}\n`,
    "law-schedules.md": markdown(judged),
  };
}
