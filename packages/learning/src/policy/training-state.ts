/** A policy's training between two iterations, as JSON: taking it up again changes nothing. */
import { z } from "zod";
import type { Adam } from "./adam.ts";
import { emptyNetwork, type Network } from "./network.ts";
import type { Learner } from "./ppo.ts";

const Numbers = z.array(z.number());
const Arrays = z.array(Numbers);
const StoredNetwork = z.object({ sizes: z.array(z.int()), weights: Arrays });
const StoredAdam = z.object({ first: Arrays, second: Arrays, steps: z.int() });

export const TrainingState = z.object({
  format: z.literal("etude-policy-training-1"),
  /** Iterations done. */
  iteration: z.int(),
  /** Updates of training runs so far. */
  updates: z.int(),
  seconds: z.number(),
  actor: StoredNetwork,
  critic: StoredNetwork,
  actorMoments: StoredAdam,
  criticMoments: StoredAdam,
});
export type TrainingState = z.output<typeof TrainingState>;

const plain = (arrays: readonly Float64Array[]): number[][] => arrays.map((values) => [...values]);
const typed = (arrays: readonly (readonly number[])[]): Float64Array[] =>
  arrays.map((values) => Float64Array.from(values));
const stored = ({ sizes, weights }: Network) => ({ sizes: [...sizes], weights: plain(weights) });
const storedAdam = ({ first, second, steps }: Adam) => ({ first: plain(first), second: plain(second), steps });
const adam = ({ first, second, steps }: z.output<typeof StoredAdam>): Adam => ({
  first: typed(first),
  second: typed(second),
  steps,
});
function network({ sizes, weights }: z.output<typeof StoredNetwork>): Network {
  const made = emptyNetwork(sizes);
  for (const [at, weight] of weights.entries()) made.weights[at]!.set(weight);
  return made;
}

/** Returns the state as JSON text. */
export const writeState = (
  learner: Learner,
  progress: Pick<TrainingState, "iteration" | "updates" | "seconds">,
): string =>
  JSON.stringify({
    format: "etude-policy-training-1",
    ...progress,
    actor: stored(learner.actor),
    critic: stored(learner.critic),
    actorMoments: storedAdam(learner.actorMoments),
    criticMoments: storedAdam(learner.criticMoments),
  } satisfies TrainingState);

/** Returns what was written. Throws a ZodError for anything else. */
export function readState(text: string): TrainingState & { readonly learner: Learner } {
  const state = TrainingState.parse(JSON.parse(text));
  return {
    ...state,
    learner: {
      actor: network(state.actor),
      critic: network(state.critic),
      actorMoments: adam(state.actorMoments),
      criticMoments: adam(state.criticMoments),
    },
  };
}
