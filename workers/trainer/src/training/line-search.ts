import type { Batch, Pass } from "@etude/catalog";
import type * as tfc from "@tensorflow/tfjs-core";
import { lossOnly } from "./gradients.ts";
import { assign, candidates, type Part } from "./part.ts";
import type { Moving, Session } from "./session.ts";

interface SearchInput {
  readonly session: Session;
  readonly moving: Moving;
  readonly part: Part;
  readonly batch: Batch;
  readonly pass: Pass;
  readonly gradients: readonly tfc.Tensor[];
  readonly directions: readonly tfc.Tensor[];
  /** The batch's loss at the weights before the update. */
  readonly loss: number;
  /** The first rate to try. */
  readonly proposal: number;
  /** No rate above this is tried or applied. */
  readonly bound: number;
}

export interface Searched {
  readonly applied: number;
  readonly forwardPasses: number;
}

/**
 * Lets the schedule judge trial after trial of this update, on the same batch and dropout mask, until it accepts one or
 * names the rate to apply. The weights end up at the chosen candidate.
 */
export async function lineSearch(input: SearchInput): Promise<Searched> {
  const { session, moving, part, batch, pass, gradients, directions, loss, bound } = input;
  const { tf, model, read, schedule, breathe } = session;
  const start = part.weights.map(({ variable }) => tf.clone(variable));
  const moveTo = (rate: number): void =>
    assign(
      part,
      candidates(
        tf,
        model,
        part,
        start,
        directions,
        part.weights.map(() => rate),
      ),
    );
  try {
    let tried = Math.min(input.proposal, bound);
    for (let tries = 1; ; tries++) {
      moveTo(tried);
      const [promised, trial] = tf.tidy(() => [
        tf.addN(gradients.map((gradient, i) => tf.sum(tf.mul(gradient, tf.sub(start[i]!, part.weights[i]!.variable))))),
        lossOnly(tf, model, batch, pass),
      ]);
      const [decrease, triedLoss] = (await read([promised!, trial!])).map((values) => values[0]!);
      tf.dispose([promised!, trial!]);
      const judged = schedule.judge!(moving.schedule, {
        tried,
        loss,
        decrease: decrease!,
        triedLoss: triedLoss!,
        tries,
      });
      moving.schedule = judged.state;
      if (judged.then === "accept") return { applied: tried, forwardPasses: tries };
      if ("apply" in judged.then) {
        const applied = Math.min(judged.then.apply, bound);
        moveTo(applied);
        return { applied, forwardPasses: tries };
      }
      tried = Math.min(judged.then.try, bound);
      await breathe();
    }
  } finally {
    tf.dispose(start);
  }
}
