import type { StudyPlan } from "@etude/contracts";
import { type Headline, headlineOf, type PlacedComparison } from "./headline.ts";

/** A schedule chosen on some families and judged on the others. */
export interface ChosenDefault {
  readonly chosenOn: readonly string[];
  readonly judgedOn: readonly string[];
  readonly chosen: Headline;
  readonly judged: Headline;
  /** The fixed schedule with the best line of its own on the judging half. */
  readonly bestFixed: Headline;
}

/**
 * Chooses the schedule with the highest pooled share on half of the families and judges it on the other half, both
 * ways. Families are dealt out in turn, in the order of their names. Undefined with fewer than two families.
 */
export function chooseDefault(
  plan: StudyPlan,
  comparisons: ReadonlyMap<string, readonly PlacedComparison[]>,
): ChosenDefault[] | undefined {
  const families = [...new Set([...comparisons.values()].flat().map(({ family }) => family))].toSorted();
  if (families.length < 2) return undefined;
  const halves = [0, 1].map((half) => families.filter((_, i) => i % 2 === half));
  const schedules = plan.entrants.filter(({ role }) => role !== "rival");
  const linesOn = (half: readonly string[], ids: readonly string[]): Headline[] =>
    ids
      .flatMap((id) => {
        const mine = (comparisons.get(id) ?? []).filter(({ family }) => half.includes(family));
        // Only who ran on all of these families may stand for them.
        const everywhere = new Set(mine.map(({ family }) => family)).size === half.length;
        const line = everywhere ? headlineOf(plan, id, mine) : undefined;
        return line ? [line] : [];
      })
      .toSorted((a, b) => b.pooled - a.pooled || b.minimum.share - a.minimum.share);
  return [0, 1].flatMap((first) => {
    const [chosenOn, judgedOn] = [halves[first]!, halves[1 - first]!];
    const both = schedules.map(({ id }) => id).filter((id) => linesOn(judgedOn, [id]).length > 0);
    const [chosen] = linesOn(chosenOn, both);
    const [bestFixed] = linesOn(
      judgedOn,
      schedules.filter(({ role }) => role === "fixed").map(({ id }) => id),
    );
    const [judged] = chosen ? linesOn(judgedOn, [chosen.entrant]) : [];
    return chosen && judged && bestFixed ? [{ chosenOn, judgedOn, chosen, judged, bestFixed }] : [];
  });
}
