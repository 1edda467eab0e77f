/** Configurations of PyTorch, Transformers and Keras as schedules of ours. */
import { z } from "zod";
import { bindSchedule } from "../bind-schedule.ts";
import { ScheduleSpec } from "../schedule-spec.ts";
import { type Curve, isOpenLoop } from "../schedules/_open-loop.ts";
import { ConversionError, type Converted } from "./foreign.ts";
import { keras } from "./keras.ts";
import { notConvertible, pytorch } from "./pytorch.ts";
import { transformers } from "./transformers.ts";

/** A scheduler as another library writes it. */
export interface ForeignSchedule {
  /** Any text that names the library: `pytorch 2.12`, `Hugging Face transformers`, `keras`. */
  readonly library: string;
  readonly scheduler: string;
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined;
  /** Learning rate of the optimizer that it drives; Keras schedules carry their own. */
  readonly base_lr?: number | undefined;
}

const libraries = [
  { name: "transformers", pattern: /transformers|hugging/i, schedulers: transformers },
  { name: "keras", pattern: /keras|tensorflow/i, schedulers: keras },
  { name: "pytorch", pattern: /torch/i, schedulers: pytorch },
] as const;

const compounds = ["SequentialLR", "ChainedScheduler"];

const list = (names: readonly string[]): string => [...names].sort().join(", ");

function checkedKwargs<Schema extends z.ZodObject>(
  name: string,
  schema: Schema,
  kwargs: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const parsed = schema.safeParse(kwargs);
  if (parsed.success) return parsed.data;
  const unknown = parsed.error.issues.flatMap((issue) => (issue.code === "unrecognized_keys" ? issue.keys : []));
  if (unknown.length > 0) {
    throw new ConversionError(
      "unknown-argument",
      `${name} has no argument ${list(unknown)}; it takes ${list(Object.keys(schema.shape)) || "none"}`,
    );
  }
  const says = parsed.error.issues.map(({ path, message }) => {
    const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], kwargs);
    return `${path.join(".")}: ${message}; got ${value === undefined ? "nothing" : JSON.stringify(value)}`;
  });
  throw new ConversionError("invalid-argument", `${name}: ${says.join(". ")}`);
}

function find(library: string): (typeof libraries)[number] {
  const found = libraries.find(({ pattern }) => pattern.test(library));
  if (found) return found;
  throw new ConversionError(
    "unknown-library",
    `library "${library}" is not known; it must name one of ${list(libraries.map(({ name }) => name))}`,
  );
}

function convertOne(library: (typeof libraries)[number], scheduler: string, kwargs: object, rate: number): Converted {
  const given = kwargs as Readonly<Record<string, unknown>>;
  if (library.name === "pytorch" && compounds.includes(scheduler))
    return convertCompound(library, scheduler, given, rate);
  const found = Object.hasOwn(library.schedulers, scheduler) ? library.schedulers[scheduler] : undefined;
  if (found) return found.convert(checkedKwargs(scheduler, found.arguments, given) as never, rate);
  const reason = notConvertible[scheduler];
  if (reason) throw new ConversionError("no-equivalent", `${scheduler} ${reason}`);
  const known = Object.keys(library.schedulers).concat(library.name === "pytorch" ? compounds : []);
  throw new ConversionError(
    "unknown-scheduler",
    `${library.name} has no scheduler "${scheduler}" that is known here; known are ${list(known)}`,
  );
}

/** Returns the raw formula of a conversion, which may turn negative as the library's does. */
export function curveOf({ spec, curve }: Converted): Curve | null {
  if (curve) return curve;
  if (!spec) return null;
  const bound = bindSchedule(spec, { horizon: 1, groups: ["all"], stepsPerEpoch: 1 });
  return isOpenLoop(bound) ? bound.curves[0] : null;
}

const Compound = z.strictObject({
  schedulers: z
    .array(z.looseObject({ scheduler: z.string(), kwargs: z.record(z.string(), z.unknown()).optional() }))
    .min(1),
  milestones: z.array(z.int().min(1)).default([]),
  last_epoch: z.literal(-1).default(-1),
  verbose: z.union([z.boolean(), z.string()]).optional(),
});

/** Parts of a ChainedScheduler multiply the rate; the others add to it. */
const multiplying = ["ConstantLR", "LinearLR", "ExponentialLR", "StepLR", "MultiStepLR", "PolynomialLR"];

function convertCompound(
  library: (typeof libraries)[number],
  name: string,
  kwargs: Readonly<Record<string, unknown>>,
  rate: number,
): Converted {
  const { schedulers, milestones } = checkedKwargs(name, Compound, kwargs);
  const chained = name === "ChainedScheduler";
  const parts = schedulers.map(({ scheduler, kwargs: nested, ...inline }) => {
    if (chained && !multiplying.includes(scheduler)) {
      throw new ConversionError("no-equivalent", `ChainedScheduler of ${scheduler}; it may hold ${list(multiplying)}`);
    }
    return convertOne(library, scheduler, nested ?? inline, chained ? 1 : rate);
  });
  const curves = parts.map((part, index) => {
    const curve = curveOf(part);
    if (curve) return curve;
    throw new ConversionError(
      "invalid-argument",
      `${name} cannot hold ${schedulers[index]!.scheduler}, which reacts to a metric`,
    );
  });
  const ends = parts.map((part) => part.ends ?? Number.POSITIVE_INFINITY);
  const bounded = (end: number): { ends?: number } => (Number.isFinite(end) ? { ends: end } : {});
  if (chained) {
    return {
      spec: null,
      curve: (step) => curves.reduce((all, curve) => all * curve(step), rate),
      ...bounded(Math.min(...ends)),
    };
  }
  const starts = [0, ...milestones];
  if (starts.length !== parts.length || starts.some((at, index) => index > 0 && at <= starts[index - 1]!)) {
    throw new ConversionError(
      "invalid-argument",
      `SequentialLR: milestones must ascend, one fewer than schedulers (${parts.length}); got ${milestones.join(", ") || "none"}`,
    );
  }
  const cut = ends.map((end, index) =>
    starts[index]! + end < (starts[index + 1] ?? Number.POSITIVE_INFINITY)
      ? starts[index]! + end
      : Number.POSITIVE_INFINITY,
  );
  const inner = parts.map(({ spec }, index) => ({ spec, steps: (starts[index + 1] ?? 0) - starts[index]! }));
  const curve: Curve = (step) => {
    const index = starts.findLastIndex((at) => at <= step);
    return curves[index]!(step - starts[index]!);
  };
  const specs = inner.flatMap(({ spec, steps }, index) =>
    spec ? [index === inner.length - 1 ? { schedule: spec } : { schedule: spec, steps }] : [],
  );
  const spec: ScheduleSpec | null = specs.length === inner.length ? { kind: "sequence", parts: specs } : null;
  return { spec, ...(spec ? {} : { curve }), ...bounded(Math.min(...cut)) };
}

/** Returns the conversion with what only a trace needs. Throws a ConversionError. */
export function convertForTrace({ library, scheduler, kwargs, base_lr: rate }: ForeignSchedule): Converted {
  const found = find(library);
  const base = rate ?? (found.name === "keras" ? 0 : Number.NaN);
  if (!(base >= 0 && base < Number.POSITIVE_INFINITY)) {
    throw new ConversionError("invalid-argument", `base_lr must be a number from 0; got ${rate ?? "nothing"}`);
  }
  return convertOne(found, scheduler, kwargs ?? {}, base);
}

/**
 * Returns the schedule that gives the library's rates, and where the two differ in a run. Throws a ConversionError that
 * names an unknown library, scheduler or argument and the known ones, or the value that no schedule of ours allows.
 */
export function convertSchedule(foreign: ForeignSchedule): {
  readonly schedule: ScheduleSpec;
  readonly notes: string[];
} {
  const { spec, notes } = convertForTrace(foreign);
  if (!spec) {
    throw new ConversionError(
      "no-equivalent",
      `${foreign.scheduler} with these arguments can be traced, but is no schedule of ours; a sequence or a warmup may say the same`,
    );
  }
  const parsed = ScheduleSpec.safeParse(spec);
  if (parsed.success) return { schedule: parsed.data, notes: [...(notes ?? [])] };
  const says = parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
  throw new ConversionError("no-equivalent", `${foreign.scheduler} can be traced, but not run here: ${says}`);
}
