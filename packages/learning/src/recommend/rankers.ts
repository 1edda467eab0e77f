/** Every ranker, and the one that is used. */
import type { Ranker } from "../rankers/_ranker.ts";
import { rankerRegistry } from "../rankers/registry.gen.ts";

export const rankers: readonly Ranker[] = rankerRegistry;

/** The ranker that advises: as docs/studies/shoot-out.md found, no ranker that looks at the task beats the fixed list. */
export const defaultRanker = "fixed-list";

/** Returns the ranker of this name. Throws a RangeError that names those there are. */
export function rankerOf(name: string): Ranker {
  const ranker = rankers.find((one) => one.name === name);
  if (!ranker) throw new RangeError(`ranker "${name}" is not one of ${rankers.map((one) => one.name).join(", ")}`);
  return ranker;
}
