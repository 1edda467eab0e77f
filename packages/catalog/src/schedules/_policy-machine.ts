/** The run of a policy: blocks of steps, and after each block one decision about the rate. Pure, with a JSON state. */
import type { Before, Needs, Planned, ScheduleContext } from "../schedule.ts";
import { gradientFeatures, lossLevel, policyFeatures, type PolicyPast } from "./_policy-features.ts";
import { afterClipping, asPlanned, type Reactive } from "./_reactive.ts";
import { fall } from "./_shapes.ts";

/** Sums over the block that is going on. */
type Block = {
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
  readonly agreement: Agreement;
};
/** Sums of cosines of gradient and displacement, of rate · ⟨g, d⟩, and of logs of gradient norms; over `count` plans. */
type Agreement = {
  readonly count: number;
  readonly cosines: number;
  readonly promises: number;
  readonly logNorms: number;
};
/** Moving mean and variance of the loss, for the brake. */
type Pace = { readonly mean: number; readonly variance: number };

export type PolicyState = {
  /** One a group: the rate, or its share of the stability bound. */
  readonly held: readonly number[] | null;
  /** Size of the first loss, which losses are counted in. */
  readonly unit: number | null;
  readonly block: Block;
  readonly pace: Pace;
  readonly past: PolicyPast | null;
};

/** Everything about a policy but its network. */
export interface PolicySettings {
  /** What is held between decisions: the rate, or its share of the stability bound of the moment. */
  readonly holds: "rate" | "share-of-bound";
  readonly features: readonly string[];
  readonly decisions: number;
  /** Share of the starting rate that is held first: a rate that is too high does harm that no later one repairs. */
  readonly opening: number;
  /** Last fraction of the run, in which the rate falls to 0 as 1 − √. */
  readonly cooldown: number;
  /** Starting rates, one for all groups or one a group, and between what each may move. */
  readonly starts: readonly number[];
  readonly min: readonly number[];
  readonly max: readonly number[];
}

/** What else is known where a decision is due; a frozen policy looks at the features alone. */
export interface DecisionMoment {
  /** Log of the loss of the block behind it. */
  readonly logLoss: number;
  /** What was held in that block. */
  readonly held: readonly number[];
}

/** Returns the log of the factor that the rate is multiplied by. */
export type Choose = (features: readonly number[], moment: DecisionMoment) => number;

/** Blocks grow: the first decisions matter most, and see a change in the fewest steps. */
const growth = 1.5;
/** A loss above its moving mean by this much of it, and by this many standard deviations, is a blow-up. */
const blowUp = { share: 1.7, deviations: 5 };
const brake = Math.log(0.25);
const memory = 0.15;
const remembered = 6;
/** A share above 1 counts as 1, for the longer in the cooldown the larger it is. */
const [smallestShare, largestShare] = [1e-6, 30];
const smallestSquare = 1e-200;
/** Losses count as no larger than this many first losses. */
const largestLoss = 1e12;

const noAgreement: Agreement = { count: 0, cosines: 0, promises: 0, logNorms: 0 };
const emptyBlock: Block = { count: 0, sum: 0, squares: 0, agreement: noAgreement };
/** Before anything is known a loss may well be half as large again. */
const freshPace: Pace = { mean: 1, variance: 0.25 };
const fresh: PolicyState = { held: null, unit: null, block: emptyBlock, pace: freshPace, past: null };

/** Returns the sums with those of one more update, over all weights. */
function withUpdate(
  sums: Agreement,
  { alignment, gradientNorm, directionNorm }: Before,
  rates: readonly number[],
): Agreement {
  if (!alignment || !gradientNorm || !directionNorm) return sums;
  let [dot, left, right, promise] = [0, 0, 0, 0];
  for (let group = 0; group < alignment.length; group++) {
    dot += alignment[group]!;
    left += gradientNorm[group]! ** 2;
    right += directionNorm[group]! ** 2;
    promise += (rates[group] ?? rates[0]!) * alignment[group]!;
  }
  const cosine = dot / (Math.sqrt(left) * Math.sqrt(right));
  const finite = Number.isFinite(promise) && Number.isFinite(left);
  return {
    count: sums.count + 1,
    cosines: sums.cosines + (Number.isFinite(cosine) ? Math.min(1, Math.max(-1, cosine)) : 0),
    promises: sums.promises + (finite ? promise : 0),
    logNorms: sums.logNorms + (finite ? 0.5 * Math.log(Math.max(left, smallestSquare)) : 0),
  };
}

/** Returns the numbers of updates after which a decision is due: at most `decisions`, all before `length`. */
function decisionSteps(decisions: number, length: number): ReadonlySet<number> {
  const steps = new Set<number>();
  for (let k = 1; k < decisions; k++) steps.add(Math.max(1, Math.round(length * (k / decisions) ** growth)));
  steps.delete(length);
  return steps;
}

const counting = ({ count, sum, squares }: Block, agreement: Agreement): Block => ({ count, sum, squares, agreement });

/** Returns what is known after a block: its own numbers, and those that it replaces. */
function afterBlock({ count, sum, squares, agreement }: Block, past: PolicyPast | null, unit: number): PolicyPast {
  const mean = sum / count;
  const variance = count > 1 ? Math.max(0, (squares - sum * mean) / (count - 1)) : (past?.deviation ?? 0) ** 2;
  const meanVariance = variance / count;
  const level = lossLevel(mean, Math.sqrt(meanVariance));
  const error = Math.sqrt(meanVariance + (past?.meanVariance ?? 0));
  const measured = Math.max(1, agreement.count);
  const gradient = agreement.logNorms / measured;
  return {
    levels: [...(past?.levels ?? []), level].slice(-remembered),
    best: Math.min(past?.best ?? level, level),
    first: past?.first ?? level,
    mean,
    meanVariance,
    deviation: Math.sqrt(variance),
    significance: past ? (mean - past.mean) / (error + 1e-6 * Math.abs(mean) + 1e-30) : 0,
    agreement: agreement.cosines / measured,
    promise: agreement.promises / unit,
    gradientLevels: [past?.gradientLevels[0] ?? gradient, past?.gradientLevels[2] ?? gradient, gradient],
    lastAction: past?.lastAction ?? 0,
  };
}

/**
 * Returns the machine. Between decisions the rate, or its share of the bound, stands still; a loss that suddenly rises
 * brakes it at once. In the cooldown it falls to 0 from wherever it is.
 */
export function policyMachine(
  settings: PolicySettings,
  context: ScheduleContext,
  choose: Choose,
): Reactive<PolicyState> {
  const { holds, starts, min, max, cooldown } = settings;
  const shares = holds === "share-of-bound";
  const length = Math.max(1, context.horizon - Math.round(cooldown * context.horizon));
  const tail = Math.max(1, context.horizon - length);
  const due = decisionSteps(settings.decisions, length);
  const features = settings.features.map((name) => policyFeatures[name]!);
  const comparesSteps = settings.features.some((name) => gradientFeatures.has(name));
  const before: Needs["before"] = [
    ...(shares ? (["bound"] as const) : []),
    ...(comparesSteps ? (["alignment", "gradientNorm", "directionNorm"] as const) : []),
  ];

  const clamped = (value: number, group: number): number =>
    shares
      ? Math.min(largestShare, Math.max(smallestShare, value))
      : Math.min(max[group] ?? max[0]!, Math.max(min[group] ?? min[0]!, value));
  const multiplied = (held: readonly number[], logFactor: number): readonly number[] =>
    held.map((value, group) => clamped(value * Math.exp(logFactor), group));

  /** Log of what is held over its unit: the starting rate, or the bound; the mean over the groups. */
  function levelOf(held: readonly number[]): number {
    const logs = held.map((value, group) =>
      Math.log(Math.max(value, 1e-300) / (shares ? 1 : Math.max(starts[group]!, 1e-300))),
    );
    return logs.reduce((sum, log) => sum + log, 0) / logs.length;
  }

  function heldAtStart({ bound }: Before): readonly number[] {
    const units = shares ? (bound ?? starts) : null;
    return (units ?? starts).map((limit, group) => {
      const first = settings.opening * (starts[group] ?? starts[0]!);
      return clamped(units ? first / limit : first, group);
    });
  }

  return {
    needs: { before, trainLoss: true, evalLoss: false, judge: false },
    range: shares ? [0, Number.POSITIVE_INFINITY] : [0, Math.max(...max, ...starts)],
    // A preview, which has no gradients, shows what the policy does where they do not agree, under the first bound.
    metricDecides: true,
    start: () => fresh,
    plan(state, step, now): Planned<PolicyState> {
      const held = state.held ?? heldAtStart(now);
      const factor = step < length ? 1 : fall("1-sqrt", Math.min(1, (step - length) / tail), 0);
      const rates = held.map((value, group) =>
        shares ? Math.min(1, value * factor) * (now.bound?.[group] ?? starts[group]!) : value * factor,
      );
      const { unit, block, pace, past } = state;
      const counted = comparesSteps ? counting(block, withUpdate(block.agreement, now, rates)) : block;
      return { state: { held, unit, block: counted, pace, past }, rate: asPlanned(rates) };
    },
    observe(state, step, { applied, trainLoss }) {
      const { block, pace, past } = state;
      if (step >= length || trainLoss === undefined || !state.held) return state;
      const held = shares ? state.held : afterClipping(state.held, applied);
      const finite = Number.isFinite(trainLoss);
      const unit = state.unit ?? (finite && trainLoss !== 0 ? Math.abs(trainLoss) : null);
      const loss = finite && unit ? Math.min(largestLoss, Math.max(-largestLoss, trainLoss / unit)) : 0;
      const rise = loss - pace.mean;
      if (
        !finite ||
        rise > Math.max(blowUp.share * Math.abs(pace.mean), blowUp.deviations * Math.sqrt(pace.variance))
      ) {
        // Counting starts afresh: what came before the blow-up says nothing about the lower rate.
        return {
          held: multiplied(held, brake),
          unit,
          block: emptyBlock,
          pace: finite ? { mean: loss, variance: freshPace.variance * loss * loss } : pace,
          past: past && { ...past, lastAction: brake },
        };
      }
      const seen: Block = {
        count: block.count + 1,
        sum: block.sum + loss,
        squares: block.squares + loss * loss,
        agreement: block.agreement,
      };
      const moved: Pace = {
        mean: pace.mean + memory * rise,
        variance: (1 - memory) * (pace.variance + memory * rise * rise),
      };
      if (!due.has(step + 1)) return { held, unit, block: seen, pace: moved, past };
      const known = afterBlock(seen, past, unit ?? 1);
      const place = { level: levelOf(held), progress: (step + 1) / length };
      const moment = { logLoss: known.levels.at(-1)! + Math.log(unit ?? 1), held };
      const action = choose(
        features.map((feature) => feature(known, place)),
        moment,
      );
      return {
        held: multiplied(held, action),
        unit,
        block: emptyBlock,
        pace: moved,
        past: { ...known, lastAction: action },
      };
    },
  };
}
