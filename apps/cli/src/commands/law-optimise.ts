import { type Advice, advise, reportLaw } from "@etude/learning/law";
import { InvalidArgumentError } from "commander";
import { formatTable } from "../format/table.ts";
import type { Style } from "../format/style.ts";
import type { Register } from "../program.ts";
import { type LawInputs, readCurves, refusing, withLawOptions } from "./law-inputs.ts";

interface Options extends LawInputs {
  readonly steps: number;
  readonly scheduleWarmup?: number;
  readonly knots: number;
  readonly peak?: number;
  readonly floor?: number;
  readonly extrapolate?: boolean;
}

const notes = `
Example:
  etude law optimise --train cosine.csv constant.csv two-step.csv --steps 24000 --json

The schedule does not rise after its warmup and stays within the rates that the fitted runs used. It is refused when the
law errs on the --test files, or without them on the --train files, by more than the spread of seeds, or by no less than
a law that does not know of the rate.
\`etude law optimise … --json\` prints { schedule, … }: put the schedule into a run and submit it.`;

export const lawOptimiseCommand: Register = (program, context) => {
  withLawOptions(program.command("optimise"))
    .summary("the best schedule under a law fitted to curves")
    .description("Fit a law of the loss to recorded curves and find the schedule that ends lowest under it.")
    .requiredOption("--steps <n>", "updates in the run", whole(10, 10_000_000))
    .option("--schedule-warmup <n>", "updates of linear warmup; default as in the first file", whole(0, 10_000_000))
    .option("--knots <n>", "corners of the schedule, 16 to 64", whole(16, 64), 32)
    .option("--peak <rate>", "highest rate allowed", rate)
    .option("--floor <rate>", "lowest rate allowed", rate)
    .option("--extrapolate", "allow a peak or floor that no fitted run used")
    .addHelpText("after", notes)
    .action(async (options: Options, command) => {
      const { io, json, style, print, printJson } = context(command);
      const curves = await readCurves(options, io);
      const advice = refusing(() => {
        const { law, report } = reportLaw(curves.train, curves.test, options);
        return advise(law, report, curves, { ...options, warmupSteps: options.scheduleWarmup });
      });
      if (json) printJson(advice);
      else print(describe(advice, style));
    });
};

function whole(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function rate(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new InvalidArgumentError("It must be a number from 0.");
}

function describe(advice: Advice, style: Style): string {
  const { schedule, predictedLoss, compared, reliance, extrapolated } = advice;
  const losses = [["optimised", predictedLoss.value] as const, ...Object.entries(compared)].map(([name, loss]) => [
    name,
    loss.toPrecision(5),
  ]);
  const points = (schedule as { points: { at: number; rate: number }[] }).points;
  const spread = `${(100 * reliance.spread.value).toPrecision(2)} % (${reliance.spread.basis})`;
  return [
    formatTable([{ title: "schedule" }, { title: "predicted loss", align: "right" }], losses, style),
    formatTable(
      [
        { title: "after warmup", align: "right" },
        { title: "rate", align: "right" },
      ],
      points.map(({ at, rate }) => [String(at), rate.toPrecision(4)]),
      style,
    ),
    `90 % of refits predict ${predictedLoss.low.toPrecision(5)} to ${predictedLoss.high.toPrecision(5)}.`,
    `Error of the law on the ${reliance.on} curves ${(100 * reliance.error).toPrecision(2)} %; spread of seeds ${spread}.`,
    ...(extrapolated ? ["Extrapolated: it uses rates that no fitted run used."] : []),
    "",
  ].join("\n");
}
