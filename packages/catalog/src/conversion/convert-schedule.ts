/** Configurations of PyTorch, Transformers and Keras as schedules of ours. */
import type { z } from "zod";
import { ScheduleSpec } from "../schedule-spec.ts";
import { ConversionError, type Converted } from "./foreign.ts";
import { keras } from "./keras.ts";
import { chained, compoundArguments, isCompound, sequential } from "./pytorch-compound.ts";
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

function convertOne(
  library: (typeof libraries)[number],
  scheduler: string,
  kwargs: Readonly<Record<string, unknown>>,
  rate: number,
): Converted {
  const torch = library.name === "pytorch";
  if (torch && isCompound(scheduler)) {
    const given = checkedKwargs(scheduler, compoundArguments[scheduler], kwargs);
    const part = (name: string, own: Readonly<Record<string, unknown>>, base: number): Converted =>
      convertOne(library, name, own, base);
    return scheduler === "SequentialLR" ? sequential(given, rate, part) : chained(given, rate, part);
  }
  const found = Object.hasOwn(library.schedulers, scheduler) ? library.schedulers[scheduler] : undefined;
  if (found) return found.convert(checkedKwargs(scheduler, found.arguments, kwargs) as never, rate);
  const reason = Object.hasOwn(notConvertible, scheduler) ? notConvertible[scheduler] : undefined;
  if (reason) throw new ConversionError("no-equivalent", `${scheduler} ${reason}`);
  const known = Object.keys(library.schedulers).concat(torch ? Object.keys(compoundArguments) : []);
  throw new ConversionError(
    "unknown-scheduler",
    `${library.name} has no scheduler "${scheduler}" that is known here; known are ${list(known)}`,
  );
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
