/** Rules that end a trial early. They see one observation at a time and remember those of all trials. */
import { comparable, type Observation } from "./observation.ts";

export interface Stopper {
  /** Returns whether the trial should go on after this observation. */
  goesOn(trial: number, observation: Observation): boolean;
}

export interface AshaOptions {
  /** Updates before the first rung. */
  readonly firstRung: number;
  /** A rung is so many times as far as the one before; one in so many goes on. */
  readonly eta?: number;
}

/**
 * Asynchronous successive halving, the rule that stops (Li et al. 2020): at rungs firstRung · ηᵏ a trial goes on when it
 * is in the best 1/η of those that it may be compared with there. The first to arrive goes on.
 */
export function asha({ firstRung, eta = 3 }: AshaOptions): Stopper {
  const rungs = new Map<number, Map<number, Observation>>();
  return {
    goesOn(trial, observation) {
      const level = Math.floor(Math.log(observation.step / firstRung) / Math.log(eta) + 1e-9);
      if (level < 0) return true;
      const rung = rungs.get(level) ?? new Map<number, Observation>();
      rungs.set(level, rung);
      // The first observation at or past a rung is the one that counts there.
      if (rung.has(trial)) return true;
      const pairs = [...rung.values()].flatMap((other) => {
        const pair = comparable(observation, other);
        return pair ? [pair] : [];
      });
      rung.set(trial, observation);
      const better = pairs.filter(([mine, other]) => other < mine).length;
      return better < Math.max(1, Math.floor((pairs.length + 1) / eta));
    },
  };
}

export interface MedianOptions {
  /** Updates without a decision. */
  readonly grace?: number;
  /** Trials that must have come as far. */
  readonly population?: number;
}

/**
 * The median rule (Golovin et al. 2017): a trial ends where its running average is worse than the median of the others'
 * at the same step. Only others of the same stage of cooldown count; expected finals replace averages where known.
 */
export function medianRule({ grace = 1, population = 5 }: MedianOptions = {}): Stopper {
  const trials = new Map<number, { sum: number; count: number; seen: Observation[] }>();
  return {
    goesOn(trial, observation) {
      const mine = trials.get(trial) ?? { sum: 0, count: 0, seen: [] };
      trials.set(trial, mine);
      mine.sum += observation.value;
      mine.count++;
      const averaged = { ...observation, value: mine.sum / mine.count };
      mine.seen.push(averaged);
      if (observation.step < grace) return true;
      const pairs = [...trials].flatMap(([other, { seen }]) => {
        const there = other === trial ? undefined : seen.findLast(({ step }) => step <= observation.step);
        // A trial that ended earlier says nothing about this step.
        const reached = (seen.at(-1)?.step ?? 0) >= observation.step;
        const pair = there && reached ? comparable(averaged, there) : undefined;
        return pair ? [pair] : [];
      });
      if (pairs.length < population) return true;
      const worse = pairs.filter(([own, other]) => own > other).length;
      return worse <= pairs.length / 2;
    },
  };
}
