import type { Judged, Json, Trial } from "@etude/catalog";

interface SearchInput {
  /** The batch's loss before the update. */
  readonly loss: number;
  /** The first rate to try. */
  readonly proposal: number;
  /** No rate above this is tried or applied. */
  readonly bound: number;
  /** Puts the weights at project(w − rate · u). */
  readonly moveTo: (rate: number) => void;
  /** ⟨g, w − w′⟩ at the weights as they stand. */
  readonly decrease: () => number;
  /** The same batch's loss at the weights as they stand. */
  readonly lossHere: () => number;
  readonly judge: (trial: Trial) => Judged<Json>["then"];
}

/** Lets the schedule judge trial after trial until it accepts one or names the rate to apply; the weights end up there. */
export function lineSearch(input: SearchInput): { readonly applied: number; readonly trials: number } {
  const { loss, bound, moveTo, decrease, lossHere, judge } = input;
  let tried = Math.min(input.proposal, bound);
  for (let tries = 1; ; tries++) {
    moveTo(tried);
    const then = judge({ tried, loss, decrease: decrease(), triedLoss: lossHere(), tries });
    if (then === "accept") return { applied: tried, trials: tries };
    if ("apply" in then) {
      const applied = Math.min(then.apply, bound);
      moveTo(applied);
      return { applied, trials: tries };
    }
    tried = Math.min(then.try, bound);
  }
}
