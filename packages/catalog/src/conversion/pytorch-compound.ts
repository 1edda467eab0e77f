/** PyTorch's SequentialLR and ChainedScheduler. */
import { z } from "zod";
import type { Curve } from "../schedules/_open-loop.ts";
import type { SequencePart } from "../schedule-spec.ts";
import { curveOf } from "./curve-of.ts";
import { ConversionError, type Converted, held } from "./foreign.ts";

const part = z.looseObject({ scheduler: z.string(), kwargs: z.record(z.string(), z.unknown()).optional() });
const always = { last_epoch: z.literal(-1).default(-1), verbose: z.union([z.boolean(), z.string()]).optional() };

export const compoundArguments = {
  SequentialLR: z.strictObject({ schedulers: z.array(part).min(1), milestones: z.array(z.int().min(1)), ...always }),
  ChainedScheduler: z.strictObject({ schedulers: z.array(part).min(1), ...always }),
};
export type Compound = keyof typeof compoundArguments;

export const isCompound = (name: string): name is Compound => Object.hasOwn(compoundArguments, name);

interface CompoundKwargs {
  readonly schedulers: readonly z.output<typeof part>[];
  readonly milestones?: readonly number[];
}

type ConvertPart = (scheduler: string, kwargs: Readonly<Record<string, unknown>>, rate: number) => Converted;

const argumentsOf = ({ kwargs, ...inline }: z.output<typeof part>): Readonly<Record<string, unknown>> =>
  kwargs ?? Object.fromEntries(Object.entries(inline).filter(([name]) => name !== "scheduler"));

const never = Number.POSITIVE_INFINITY;
const bounded = (ends: number): { readonly ends?: number } => (ends < never ? { ends } : {});

function formulaOf(name: string, scheduler: string, converted: Converted): Curve {
  const curve = curveOf(converted);
  if (curve) return curve;
  throw new ConversionError("invalid-argument", `${name} cannot hold ${scheduler}, which reacts to a metric`);
}

/** Parts of a ChainedScheduler multiply the rate; the others add to it. */
const multiplying = ["ConstantLR", "LinearLR", "ExponentialLR", "StepLR", "MultiStepLR", "PolynomialLR"];

/** Returns the product of the parts' factors; no schedule of ours multiplies two curves. */
export function chained({ schedulers }: CompoundKwargs, rate: number, convert: ConvertPart): Converted {
  const parts = schedulers.map((one) => {
    if (multiplying.includes(one.scheduler)) return convert(one.scheduler, argumentsOf(one), 1);
    const allowed = multiplying.join(", ");
    throw new ConversionError("no-equivalent", `ChainedScheduler of ${one.scheduler}; it may hold ${allowed}`);
  });
  const curves = parts.map((converted, index) =>
    formulaOf("ChainedScheduler", schedulers[index]!.scheduler, converted),
  );
  return {
    spec: null,
    curve: (step) => curves.reduce((product, curve) => product * curve(step), rate),
    ...bounded(Math.min(...parts.map(({ ends }) => ends ?? never))),
  };
}

/** A later part is entered through its closed form, which differs from its steps where total_iters is 0. */
function enteredLate(scheduler: string, converted: Converted, total: unknown, rate: number): Converted {
  if (total !== 0) return converted;
  if (scheduler === "ConstantLR") return { spec: held(rate) };
  return ["LinearLR", "PolynomialLR"].includes(scheduler) ? { ...converted, ends: 0 } : converted;
}

/** Returns the parts one after the other, each from its own step 0 at its milestone. */
export function sequential(kwargs: CompoundKwargs, rate: number, convert: ConvertPart): Converted {
  const { schedulers, milestones = [] } = kwargs;
  const starts = [0, ...milestones];
  if (starts.length !== schedulers.length || starts.some((at, index) => index > 0 && at <= starts[index - 1]!)) {
    throw new ConversionError(
      "invalid-argument",
      `SequentialLR: milestones must ascend, one fewer than schedulers (${schedulers.length}); got ${milestones.join(", ") || "none"}`,
    );
  }
  const parts = schedulers.map((one, index) => {
    const kwargs = argumentsOf(one);
    const converted = convert(one.scheduler, kwargs, rate);
    return index === 0 ? converted : enteredLate(one.scheduler, converted, kwargs["total_iters"], rate);
  });
  const curves = parts.map((converted, index) => formulaOf("SequentialLR", schedulers[index]!.scheduler, converted));
  const lengthOf = (index: number): number => (starts[index + 1] ?? never) - starts[index]!;
  const ends = parts.map(({ ends = never }, index) => (ends < lengthOf(index) ? starts[index]! + ends : never));
  const specs = parts.flatMap(({ spec }, index): SequencePart[] =>
    spec ? [{ schedule: spec, ...(lengthOf(index) < never && { steps: lengthOf(index) }) }] : [],
  );
  const curve: Curve = (step) => {
    const index = starts.findLastIndex((at) => at <= step);
    return curves[index]!(step - starts[index]!);
  };
  const whole = specs.length === parts.length;
  return {
    spec: whole ? { kind: "sequence", parts: specs } : null,
    ...(!whole && { curve }),
    ...bounded(Math.min(...ends)),
  };
}
