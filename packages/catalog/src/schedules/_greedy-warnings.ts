/** What a user should hear before a greedy run. */
import { type LimitField, resolveLimit } from "./_fields.ts";
import type { ThresholdMode } from "./_metric.ts";

interface Greedy {
  readonly factor: number;
  readonly patience: number;
  readonly minRate: LimitField;
  readonly maxRate: LimitField;
  readonly eps: number;
  readonly thresholdMode: ThresholdMode;
}

/** Growth of one unstable excursion above which a run can blow up. */
const largestGrowth = 100;

const short = (value: number): string => Number(value.toPrecision(4)).toString();

/** Returns the warnings for a starting rate; those that need it are left out while it is not known. */
export function greedyWarnings(params: Greedy, start: number | null): string[] {
  const { factor, patience } = params;
  const warnings: string[] = [];
  const growth = (2 / factor - 1) ** (patience + 1);
  if (growth > largestGrowth) {
    warnings.push(
      `Can blow up: before patience ${patience} cuts an unstable rate, an error can grow (2/factor − 1)^(patience + 1) = ${short(growth)} times; stay below ${largestGrowth} with a factor nearer 1 or less patience.`,
    );
  }
  if (params.thresholdMode === "signed-relative") {
    warnings.push("thresholdMode signed-relative takes an unchanged metric for an improvement where it is negative.");
  }
  return start === null ? warnings : [...warnings, ...limitWarnings(params, start)];
}

function limitWarnings({ minRate, maxRate, eps, factor }: Greedy, start: number): string[] {
  const warnings: string[] = [];
  const floor = resolveLimit(minRate, start);
  if (floor > start) {
    warnings.push(`minRate (${short(floor)}) is above the starting rate (${short(start)}): the rate can only rise.`);
  }
  const ceiling = resolveLimit(maxRate, start);
  if (ceiling < start) {
    warnings.push(`maxRate (${short(ceiling)}) is below the starting rate (${short(start)}): the rate can only fall.`);
  }
  const freeze = eps / (1 - factor);
  if (eps > 0 && freeze > floor) {
    warnings.push(
      `eps (${eps}) freezes the rate: below ${short(freeze)} every decrease is smaller than eps, so minRate (${short(floor)}) is never reached.`,
    );
  }
  return warnings;
}
