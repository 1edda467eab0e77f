import {
  bindSchedule,
  previewSchedule,
  type ScheduleContext,
  scheduleKinds,
  type SchedulePreview,
  ScheduleSpec,
  schedules,
} from "@etude/catalog";
import { drawCharts } from "../chart/chart.ts";
import { UsageError } from "../exit-codes.ts";
import { formatNumber } from "../format/numbers.ts";
import type { Style } from "../format/style.ts";
import type { Register } from "../program.ts";
import { readDocument } from "../read-input.ts";
import { assign, parseAssignment } from "../specs/assignments.ts";
import { collect, number, setOption } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude schedule preview cosine --rate 0.1 --steps 1000 --set warmup.steps=100
  etude schedule preview schedule.yaml --steps 500
  etude schedule preview one-cycle --rate 0.1 --steps 1000 --json | jq '.rates[0:5]'`;

const chartRows = 16;
const chartBuckets = 2000;

interface Options {
  readonly rate?: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly set?: string[];
}

export const previewCommand: Register = (program, context) => {
  program
    .command("preview")
    .summary("draw the rates of a schedule")
    .description("Draw the rates of a schedule without training. With --json: every rate.")
    .argument("<kind or file>", "a kind of schedule, or a JSON or YAML file that holds a schedule; - for stdin")
    .option("--rate <number>", "base or peak learning rate", number)
    .option("--steps <n>", "updates in the run", number, 1000)
    .option("--steps-per-epoch <n>", "updates in one pass over the data", number, 100)
    .option(setOption[0], "change any field: --set warmup.steps=100 (null removes it)", collect)
    .addHelpText("after", examples)
    .action(async (what: string, { rate, steps, stepsPerEpoch, set = [] }: Options, command) => {
      const { io, json, style, print, printJson } = context(command);
      const base = scheduleKinds.includes(what) ? { kind: what } : await readDocument(what, io);
      if (typeof base !== "object" || base === null || Array.isArray(base)) {
        throw new UsageError(
          `${what} holds no schedule.`,
          `Give a file with an object, or one of ${scheduleKinds.join(", ")}.`,
        );
      }
      const rates = rate === undefined ? [] : [{ path: ["rate"], value: rate }];
      const wanted = assign(base as Record<string, unknown>, [...rates, ...set.map((text) => parseAssignment(text))]);
      const spec = parseSchedule(wanted);
      const run: ScheduleContext = { horizon: steps, groups: ["all"], stepsPerEpoch };
      const preview = inRange(() => previewSchedule(spec, run, json ? { steps } : { steps, width: chartBuckets }));
      const warnings = warningsOf(spec, run);
      if (json) {
        const { rates: every, ...rest } = preview;
        return printJson({ ...rest, buckets: undefined, rates: every && [...every], schedule: spec, warnings });
      }
      const columns = Math.min(io.stdout.columns ?? 100, 120) - 1;
      print([...draw(preview, { columns, steps, style }), ...warnings.map((text) => style.yellow(text))].join("\n"));
    });
};

/** Parses a schedule. Throws a UsageError that names each field that is wrong. */
function parseSchedule(value: unknown): ScheduleSpec {
  const parsed = ScheduleSpec.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path, message }) => `schedule${path.map((name) => `.${String(name)}`).join("")} ${message}`,
  );
  throw new UsageError(issues.join("; "), "See `etude schedule show KIND` for its parameters.");
}

function inRange<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`${error.message}.`, "Change the option or the parameter.");
    throw error;
  }
}

function warningsOf(spec: ScheduleSpec, run: ScheduleContext): string[] {
  bindSchedule(spec, run);
  return schedules.find(({ kind }) => kind === spec.kind)?.warnings?.(spec, run) ?? [];
}

function draw(
  preview: SchedulePreview,
  { columns, steps, style }: { columns: number; steps: number; style: Style },
): string[] {
  const { firstRate, range, buckets } = preview;
  const facts = [`first ${formatNumber(firstRate)}`];
  if (range) facts.push(`from ${formatNumber(range.min)} to ${formatNumber(range.max)}`);
  if (!buckets)
    return [`${facts.join("   ")}`, style.dim("Its rates depend on the training: submit a run to see them.")];
  const view = { steps: buckets.step, values: buckets.last, min: buckets.min, max: buckets.max };
  const panel = {
    title: `${style.bold("learning rate")}   ${facts.join("   ")}`,
    curves: [{ view, layer: 0 }],
    weight: 1,
  };
  return drawCharts([panel], { columns, rows: chartRows, firstStep: 0, lastStep: steps - 1, style });
}
