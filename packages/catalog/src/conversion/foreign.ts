/** What a converter of another library's scheduler is made of. */
import { z } from "zod";
import type { ScheduleSpec } from "../schedule-spec.ts";
import type { Curve } from "../schedules/_open-loop.ts";

export type ConversionCode =
  | "unknown-library"
  | "unknown-scheduler"
  | "unknown-argument"
  | "invalid-argument"
  | "no-equivalent"
  | "past-end";

/** Says what about a configuration of another library, or a case to trace, is wrong, and what is allowed. */
export class ConversionError extends Error {
  readonly code: ConversionCode;

  constructor(code: ConversionCode, message: string) {
    super(message);
    this.name = "ConversionError";
    this.code = code;
  }
}

/** Our schedule and the library's agree wherever the library gives a rate that is not negative. */
export interface Converted {
  /** Every field filled in; ScheduleSpec may still refuse it where the library allows more than we do. */
  readonly spec: ScheduleSpec | null;
  /** The library's curve, where no schedule of ours has it. */
  readonly curve?: Curve;
  /** Rates that the library gives before it raises; absent: it never does. */
  readonly ends?: number;
  /** Where the two differ in a run. */
  readonly notes?: readonly string[];
}

/** One scheduler: its arguments and what becomes of them. */
export interface Foreign {
  readonly arguments: z.ZodObject;
  convert(kwargs: never, baseRate: number): Converted;
}

/** Returns a converter whose arguments are checked before it is called. */
export const foreign = <Shape extends z.core.$ZodShape>(
  shape: Shape,
  convert: (kwargs: z.output<z.ZodObject<Shape, z.core.$strict>>, baseRate: number) => Converted,
): Foreign => ({ arguments: z.strictObject(shape), convert: convert as Foreign["convert"] });

export const count = () => z.int().min(1);
export const nonNegative = () => z.number().min(0);
/** A number a parameter group, or a list with the one of our only group. */
export const perGroup = (one: z.ZodNumber) => z.union([one, z.tuple([one]).transform(([value]) => value)]);

/** The rate of a constant schedule. */
export const held = (rate: number): ScheduleSpec => ({ kind: "constant", rate });

/** A linear warmup from 0, or nothing. */
export const linearWarmup = (steps: number, from = 0): Pick<ScheduleSpec, "warmup"> =>
  steps > 0 ? { warmup: { steps, shape: "linear", from } } : {};
