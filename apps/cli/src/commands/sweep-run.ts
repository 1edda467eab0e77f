import { ScheduleSpec } from "@etude/catalog";
import {
  asha,
  engineTrial,
  medianRule,
  type Point,
  runSweep,
  type Stopper,
  studyProblems,
  type SweptTrial,
  train,
} from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import { InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { UsageError } from "../exit-codes.ts";
import { formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";

const examples = `
Examples:
  etude sweep run --problem quadratic-noisy --schedule cosine --rate 0.001:10
  etude sweep run --problem softmax-digits --schedule linear wsd --sampler tpe --trials 40 --stop asha --auto-stop

Trials are compared at equal stages of their cooldown alone. --auto-stop ends the sweep when the bound on its regret is
below what the best trial's seeds leave open.`;

interface Options {
  readonly problem: string;
  readonly schedule: readonly string[];
  readonly rate: readonly [number, number];
  readonly sampler: "grid" | "random" | "tpe";
  readonly trials: number;
  readonly stop: "none" | "asha" | "median";
  readonly autoStop?: boolean;
  readonly seed: number;
}

export const runSweepCommand: Register = (program, context) => {
  program
    .command("run")
    .summary("search rates and schedules of a problem")
    .description("Search the rate and the kind of schedule that end lowest on a problem of the suite.")
    .requiredOption("--problem <id>", "a problem of the suite")
    .requiredOption("--schedule <kinds...>", "kinds of schedules, with their defaults")
    .option("--rate <low:high>", "range of rates, searched in the logarithm", rateRange, [1e-3, 10] as const)
    .addOption(
      new Option("--sampler <name>", "how points are chosen").choices(["grid", "random", "tpe"]).default("tpe"),
    )
    .option("--trials <n>", "at most so many", wholeNumber, 30)
    .addOption(new Option("--stop <rule>", "ends poor trials").choices(["none", "asha", "median"]).default("none"))
    .option("--auto-stop", "end the sweep when it has found enough")
    .option("--seed <n>", "of the trials and of the search", wholeNumber, 1)
    .addHelpText("after", examples)
    .action(async (options: Options, command) => {
      const { json, print, printJson, style } = context(command);
      const problems = studyProblems(await readSuiteFiles());
      const problem = problems.get(options.problem);
      if (!problem)
        throw new UsageError(`No problem ${options.problem}.`, `There are ${[...problems.keys()].join(", ")}.`);
      const scheduleOf = ({ kind, rate }: Point): ScheduleSpec => ScheduleSpec.parse({ kind, rate });
      for (const kind of options.schedule) checkKind(kind, options.rate[0]);
      const { steps } = problem;
      const result = runSweep({
        space: {
          rate: { kind: "log", low: options.rate[0], high: options.rate[1] },
          kind: { kind: "choice", values: options.schedule },
        },
        sampler: options.sampler,
        trials: options.trials,
        perDimension: Math.max(2, Math.floor(options.trials / options.schedule.length)),
        seed: options.seed,
        start: (point) => engineTrial(problem, { schedule: scheduleOf(point), seed: options.seed }),
        ...(options.stop !== "none" && { stopper: stopperOf(options.stop, steps) }),
        ...(options.autoStop && {
          terminate: {
            every: 5,
            seedValues: (point: Point) =>
              seeds.map(
                (more) => train(problem, { schedule: scheduleOf(point), seed: options.seed + more }).finalTrainLoss,
              ),
          },
        }),
      });
      if (json) {
        printJson({ problem: problem.id, steps, ...result });
        return;
      }
      const best = result.trials.toSorted((a, b) => a.value - b.value).filter(({ stopped }) => !stopped);
      print(formatTable(columns, best.slice(0, 10).map(row), style));
      const updates = result.trials.reduce((sum, trial) => sum + trial.steps, 0);
      const whole = Math.round((100 * updates) / (result.trials.length * steps));
      print(`${result.trials.length} trials, ${updates} updates, ${whole} % of what they take in full`);
      if (result.termination) {
        const { stop, regretBound, seedError } = result.termination;
        print(
          `regret bound ${shown(regretBound)}, seed error ${shown(seedError)}: ${stop ? "enough" : "not yet enough"}`,
        );
      }
    });
};

/** The seeds, from that of the trials on, that say how sure the best value is. */
const seeds = [0, 1, 2, 3, 4];

const columns = [
  { title: "schedule" },
  { title: "rate", align: "right" },
  { title: "final loss", align: "right" },
] as const;
const shown = (value: number): string => String(+value.toPrecision(4));
const row = ({ point, value }: SweptTrial): string[] => [
  String(point["kind"]),
  shown(Number(point["rate"])),
  shown(value),
];

const stopperOf = (rule: "asha" | "median", steps: number): Stopper =>
  rule === "asha"
    ? asha({ firstRung: Math.max(1, Math.floor(steps / 10)) })
    : medianRule({ grace: Math.floor(steps / 10) });

/** Throws a UsageError for a kind that is none, or one that needs more than a rate. */
function checkKind(kind: string, rate: number): void {
  const parsed = ScheduleSpec.safeParse({ kind, rate });
  if (!parsed.success)
    throw new UsageError(`Schedule ${kind}: ${z.prettifyError(parsed.error)}.`, "See etude schedule list.");
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("It must be a whole number from 1.");
  return value;
}

function rateRange(text: string): readonly [number, number] {
  const [low = Number.NaN, high = Number.NaN] = text.split(":").map(Number);
  if (!(low > 0 && high > low))
    throw new InvalidArgumentError("It must be LOW:HIGH with 0 < LOW < HIGH, such as 0.001:10.");
  return [low, high];
}
