import type { Catalogue } from "@etude/contracts";
import type { Draft } from "./draft.ts";

/** What the form starts with: a small run that finishes in seconds. */
export function usualDraft({ datasets, models, optimizers, schedules }: Catalogue): Draft {
  const pick = (entries: readonly { kind: string; example: object }[], kind: string): object =>
    (entries.find((entry) => entry.kind === kind) ?? entries[0])?.example ?? {};
  return {
    dataset: pick(datasets, "digits"),
    model: pick(models, "mlp"),
    optimizer: pick(optimizers, "momentum"),
    schedule: pick(schedules, "cosine"),
    budget: { steps: 1000 },
    batchSize: 64,
    seed: 0,
  };
}
