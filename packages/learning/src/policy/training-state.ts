/** A policy's training between two iterations, as JSON: taking it up again changes nothing. */
import { z } from "zod";
import type { Adam } from "./adam.ts";
import type { Network } from "./network.ts";
import type { Learner } from "./ppo.ts";

const Numbers = z.array(z.number());
const StoredNetwork = z.object({ sizes: z.array(z.int()), parameters: Numbers });
const StoredAdam = z.object({ first: Numbers, second: Numbers, steps: z.int() });

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

const stored = ({ sizes, parameters }: Network) => ({ sizes: [...sizes], parameters: [...parameters] });
const storedAdam = ({ first, second, steps }: Adam) => ({ first: [...first], second: [...second], steps });
const network = ({ sizes, parameters }: z.output<typeof StoredNetwork>): Network => ({
  sizes,
  parameters: Float64Array.from(parameters),
});
const adam = ({ first, second, steps }: z.output<typeof StoredAdam>): Adam => ({
  first: Float64Array.from(first),
  second: Float64Array.from(second),
  steps,
});

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
