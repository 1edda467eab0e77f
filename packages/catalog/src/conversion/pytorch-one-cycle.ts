import { type Converted, ConversionError } from "./foreign.ts";

interface OneCycleKwargs {
  readonly max_lr: number;
  readonly total_steps?: number | null | undefined;
  readonly epochs?: number | null | undefined;
  readonly steps_per_epoch?: number | null | undefined;
  readonly pct_start: number;
  readonly anneal_strategy: "cos" | "linear";
  readonly cycle_momentum: boolean;
  readonly base_momentum: number;
  readonly max_momentum: number;
  readonly div_factor: number;
  readonly final_div_factor: number;
  readonly three_phase: boolean;
}

function lengthOf({ total_steps: total, epochs, steps_per_epoch: perEpoch }: OneCycleKwargs): number {
  if (total != null) return total;
  if (epochs != null && perEpoch != null) return epochs * perEpoch;
  throw new ConversionError(
    "invalid-argument",
    "OneCycleLR needs total_steps, or epochs and steps_per_epoch; got neither",
  );
}

/** PyTorch's OneCycleLR; it allows one step more than total_steps, where the formula gives a rate that is not negative. */
export function oneCycle(kwargs: OneCycleKwargs): Converted {
  const total = lengthOf(kwargs);
  const { pct_start: riseFraction, three_phase: threePhase } = kwargs;
  const top = riseFraction * total - 1;
  if (top === 0) {
    throw new ConversionError(
      "invalid-argument",
      `OneCycleLR with pct_start · total_steps = 1 divides by zero in PyTorch; got pct_start ${riseFraction}, total_steps ${total}`,
    );
  }
  const lastPhase = threePhase ? 2 * riseFraction * total - 2 : top;
  return {
    spec: {
      kind: "one-cycle",
      rate: kwargs.max_lr,
      decaySteps: total,
      riseFraction,
      shape: kwargs.anneal_strategy === "cos" ? "cosine" : "linear",
      startDivisor: kwargs.div_factor,
      finalDivisor: kwargs.final_div_factor,
      threePhase,
      momentum: kwargs.cycle_momentum ? { low: kwargs.base_momentum, high: kwargs.max_momentum } : null,
      beyond: "continue",
    },
    // The last phase without length divides by zero once it is overstepped.
    ends: lastPhase === total - 1 ? total : total + 1,
    notes: [`PyTorch raises an error after ${total} steps; here the last rate stays.`],
  };
}
