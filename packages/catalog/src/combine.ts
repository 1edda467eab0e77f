/** The machines of the combinators: factors on whatever the schedule inside plans or judges. */
import { lengthIn, type Tail, type Warmup } from "./combinators.ts";
import type { BoundSchedule, Judged, Json, Planned, Rate, Trial } from "./schedule.ts";
import { judged, planned } from "./schedules/_answers.ts";
import { type Curve, isOpenLoop, openLoop } from "./schedules/_open-loop.ts";
import { isReactive } from "./schedules/_reactive.ts";
import { fall, rise } from "./schedules/_shapes.ts";

type Warming = { readonly base: Json; readonly step: number };
type Cooling = Warming & { readonly frozen: Frozen | null };
type Frozen = { readonly at: number; readonly rate: Json; readonly momentum: number | null };

/** Returns the rate times a factor; a rule for a rate a weight also stops adapting when `frozen`. */
function scaled(rate: Rate, factor: number, frozen: boolean): Rate {
  if (typeof rate === "number") return rate * factor;
  if ("perParameter" in rate) {
    const { perParameter } = rate;
    return { perParameter: { ...perParameter, factor: perParameter.factor * factor, ...(frozen && { frozen }) } };
  }
  return rate.map((one) => one * factor);
}

/** Returns what the base answers to a trial made at `factor` times its own rate. */
function judgeScaled(base: BoundSchedule, state: Json, trial: Trial, factor: number): Judged<Json> {
  if (!base.judge || factor === 0) return judged(state, "accept");
  const verdict = base.judge(state, { ...trial, tried: trial.tried / factor });
  if (verdict.then === "accept") return verdict;
  return "try" in verdict.then
    ? judged(verdict.state, { try: verdict.then.try * factor })
    : judged(verdict.state, { apply: verdict.then.apply * factor });
}

/** Returns the reach of a reacting schedule once its rates may also be multiplied by `factor`; nothing for others. */
const reach = (base: BoundSchedule, factor: number): { readonly range?: readonly [number, number] } =>
  isReactive(base) ? { range: [base.range[0] * factor, base.range[1]] } : {};

/**
 * Returns the schedule after a warmup of `steps`: before it the base's first rate times the rising factor, without
 * letting the base adapt; from it on the base, which counts its own steps from 0.
 */
function withWarmup(base: BoundSchedule, steps: number, { shape, from }: Warmup): BoundSchedule {
  if (steps === 0) return base;
  const factorAt = (step: number): number => rise(shape, step / steps, from);
  if (isOpenLoop(base)) {
    const { momentum } = base;
    return openLoop(
      base.curves.map((curve): Curve => {
        const first = curve(0);
        return (step) => (step < steps ? first * factorAt(step) : curve(step - steps));
      }),
      momentum && ((step) => momentum(Math.max(0, step - steps))),
    );
  }
  const { judge } = base;
  return {
    ...base,
    ...reach(base, from),
    start: () => ({ base: base.start(), step: 0 }),
    plan(state, step, before): Planned<Json> {
      const inner = (state as Warming).base;
      if (step >= steps) {
        const plan = base.plan(inner, step - steps, before);
        return planned({ base: plan.state, step }, plan.rate, plan.momentum);
      }
      const plan = base.plan(inner, 0, atRest(before));
      // A search runs during the warmup too, so its state goes on; what merely adapts stays as it was.
      const kept = judge ? plan.state : inner;
      return planned({ base: kept, step }, scaled(plan.rate, factorAt(step), true), plan.momentum);
    },
    ...(judge && {
      judge(state, trial): Judged<Json> {
        const warming = state as Warming;
        const factor = warming.step < steps ? factorAt(warming.step) : 1;
        const verdict = judgeScaled(base, warming.base, trial, factor);
        return judged<Json>({ ...warming, base: verdict.state }, verdict.then);
      },
    }),
    observe(state, step, seen): Json {
      if (step < steps) return state;
      const warming = state as Warming;
      return { base: base.observe(warming.base, step - steps, seen), step: warming.step };
    },
  };
}

/** Before the first update that counts nothing has been displaced. */
const atRest = <Known extends { readonly alignment?: readonly number[] }>(before: Known): Known =>
  before.alignment ? { ...before, alignment: before.alignment.map(() => 0) } : before;

/**
 * Returns the schedule with a tail from step `start`: the base's rate at that step, frozen, times the falling factor;
 * the base no longer adapts. After the tail the last factor holds. A search still decides about the tail's first
 * update; the rate that it accepted is the frozen one.
 */
function withTail(base: BoundSchedule, start: number, steps: number, tail: Tail): BoundSchedule {
  const to = tail.to ?? (tail.shape === "exponential" ? 0.01 : 0);
  const factorAt = (step: number): number => fall(tail.shape, Math.min(1, (step - start) / steps), to);
  if (steps === 0) return base;
  if (isOpenLoop(base)) {
    const { momentum } = base;
    return openLoop(
      base.curves.map((curve): Curve => {
        const frozen = curve(start);
        return (step) => (step < start ? curve(step) : frozen * factorAt(step));
      }),
      momentum && ((step) => momentum(Math.min(step, start))),
    );
  }
  const { judge } = base;
  return {
    ...base,
    ...reach(base, to),
    start: (): Cooling => ({ base: base.start(), step: 0, frozen: null }),
    plan(state, step, before): Planned<Json> {
      let { base: inner, frozen } = state as Cooling;
      if (step < start) {
        const plan = base.plan(inner, step, before);
        return planned({ base: plan.state, step, frozen }, plan.rate, plan.momentum);
      }
      if (!frozen) {
        const plan = base.plan(inner, step, before);
        inner = plan.state;
        frozen = { at: step, rate: plan.rate as Json, momentum: plan.momentum ?? null };
      }
      return planned({ base: inner, step, frozen }, scaled(frozen.rate as Rate, factorAt(step), true), frozen.momentum);
    },
    ...(judge && {
      judge(state, trial): Judged<Json> {
        const { base: inner, step, frozen } = state as Cooling;
        if (frozen && step > frozen.at) return judged(state, "accept");
        const verdict = judge.call(base, inner, trial);
        const rate = verdict.then === "accept" ? trial.tried : "apply" in verdict.then ? verdict.then.apply : null;
        const kept = frozen && rate !== null ? { ...frozen, rate } : frozen;
        return judged<Json>({ base: verdict.state, step, frozen: kept }, verdict.then);
      },
    }),
    observe(state, step, seen): Json {
      if (step >= start) return state;
      const cooling = state as Cooling;
      return { base: base.observe(cooling.base, step, seen), step: cooling.step, frozen: cooling.frozen };
    },
  };
}

/** Returns tail(warmup(base)) for a run of `horizon` steps. */
export function combined(
  bindBase: (horizon: number) => BoundSchedule,
  horizon: number,
  parts: { readonly warmup?: Warmup | undefined; readonly tail?: Tail | undefined },
): BoundSchedule {
  const warmupSteps = parts.warmup ? lengthIn(parts.warmup, horizon) : 0;
  const base = bindBase(Math.max(1, horizon - warmupSteps));
  const warm = parts.warmup ? withWarmup(base, warmupSteps, parts.warmup) : base;
  if (!parts.tail) return warm;
  const tailSteps = lengthIn(parts.tail, horizon);
  return withTail(warm, parts.tail.start ?? Math.max(0, horizon - tailSteps), tailSteps, parts.tail);
}
