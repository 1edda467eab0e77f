/** One training run as an episode: the catalogue's policy machine plans the rates, and somebody chooses its actions. */
import { type DecisionMoment, policyMachine, type PolicySettings, type PolicyState } from "@etude/catalog";
import type { Problem } from "../engine/problem.ts";
import { Run } from "../engine/run.ts";

/** A policy but for its network and the rates of a run. */
export type PolicyShape = Pick<PolicySettings, "holds" | "features" | "decisions" | "opening" | "cooldown">;

export interface EpisodeOptions {
  readonly shape: PolicyShape;
  /** In multiples of the stability bound where a share of it is held. */
  readonly startRate: number;
  readonly seed: number;
  /** Asked after each block of steps but the last for the log of the factor of what is held. */
  readonly choose: (features: readonly number[], moment: DecisionMoment) => number;
  /** Told of every update: the mean rate over groups as applied, and the loss before it. */
  readonly watch?: (step: number, rate: number, loss: number) => void;
}

export interface Episode {
  /** Whole training loss at the end; Infinity when diverged. */
  readonly finalLoss: number;
  readonly updates: number;
}

/** How far a policy may move its rate from where it starts, as a factor. */
const reach = 1e4;

/** Runs the problem from a starting rate to its end. */
export function playEpisode(problem: Problem, { shape, startRate, seed, choose, watch }: EpisodeOptions): Episode {
  const run = new Run(problem, { seed });
  const { updater } = run;
  const bounds = shape.holds === "share-of-bound" ? updater.bounds() : undefined;
  const starts = bounds ? bounds.map((bound) => startRate * bound) : [startRate];
  const machine = policyMachine(
    { ...shape, starts, min: starts.map((start) => start / reach), max: starts.map((start) => start * reach) },
    { horizon: problem.steps, groups: problem.groups, stepsPerEpoch: problem.stepsPerEpoch },
    choose,
  );
  updater.measureFor(machine.needs.before);
  let state: PolicyState = machine.start();
  while (updater.step < problem.steps) {
    const step = updater.step;
    let perGroup = false;
    const loss = run.update((before) => {
      const plan = machine.plan(state, step, before);
      state = plan.state;
      perGroup = Array.isArray(plan.rate);
      return { rate: plan.rate };
    });
    if (run.divergedAt !== undefined) break;
    watch?.(step, updater.rate, loss);
    const applied = perGroup ? Array.from(updater.applied) : updater.rate;
    state = machine.observe(state, step, { applied, trainLoss: loss });
  }
  return { finalLoss: run.trainLoss(), updates: updater.step };
}
