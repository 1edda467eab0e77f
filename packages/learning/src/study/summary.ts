import type { ClaimResult } from "./claims.ts";
import { groupBy } from "../group-by.ts";
import type { Headline } from "./headline.ts";
import type { StudyReport } from "./report.ts";

const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** Returns one sentence a claim and kind of rates, and what the best lines are: what may be said, plainly. */
export function summarySentences(report: StudyReport, titleOf: (id: string) => string): string[] {
  return [
    ...[...groupBy(report.claims, ({ claim }) => claim).values()].map((mine) => {
      const parts = (["tuned", "untuned"] as const).flatMap((rates) => {
        const of = mine.filter((claim) => claim.rates === rates);
        return of.length === 0 ? [] : [`with ${rates} rates it ${verdictOn(of, titleOf)}`];
      });
      return `**“${mine[0]!.text}”**: ${parts.join("; ")}.`;
    }),
    ...linesOf(report, titleOf),
  ];
}

function verdictOn(results: readonly ClaimResult[], titleOf: (id: string) => string): string {
  const holding = results.filter(({ holds }) => holds);
  const shown = (result: ClaimResult): string =>
    `${titleOf(result.candidate)} (${percent(result.wanted)}, worse in ${percent(result.worse)}, ${result.families} families)`;
  const best = results.toSorted((a, b) => b.wanted - a.wanted)[0]!;
  if (holding.length === 0) return `does not hold; the nearest is ${shown(best)}`;
  const others = results.length - holding.length;
  const rest = others === 0 ? "" : `, and not for ${others === 1 ? "the other" : `the other ${others}`}`;
  return `holds for ${holding.map(shown).join(", ")}${rest}`;
}

/** The best lines of all entrants that ran on the most families, so that a candidate is seen beside the controls. */
function linesOf({ headlines, regret, defaults, entrants }: StudyReport, titleOf: (id: string) => string): string[] {
  const best = (lines: readonly Headline[]): string => {
    const most = Math.max(...lines.map(({ families }) => families));
    return lines
      .filter(({ families }) => families === most)
      .slice(0, 4)
      .map(
        ({ entrant, pooled, minimum }) => `${titleOf(entrant)} ${percent(pooled)} (minimum ${percent(minimum.share)})`,
      )
      .join(", ");
  };
  const isFixed = new Set(entrants.filter(({ role }) => role === "fixed").map(({ id }) => id));
  const sentences: string[] = [];
  if (headlines.tuned.train.length > 0) {
    sentences.push(
      `Better or not worse than the fixed schedules, tuned, over all families: ${best(headlines.tuned.train)}.`,
    );
  }
  if (headlines.untuned.train.length > 0) {
    sentences.push(`The same with untuned rates: ${best(headlines.untuned.train)}.`);
  }
  const fixed = headlines.tuned.train.filter(({ entrant }) => isFixed.has(entrant));
  if (fixed.length > 0) {
    const shares = fixed.map(({ entrant, withinTenth }) => `${titleOf(entrant)} ${percent(withinTenth)}`);
    sentences.push(
      `By the paper's rule, within 0.1, the fixed schedules themselves score, tuned: ${shares.join(", ")}.`,
    );
  }
  if (regret.length > 0) {
    const most = Math.max(...regret.map(({ families }) => families));
    const everywhere = regret.filter(({ families }) => families === most);
    const low = everywhere.slice(0, 4).map(({ entrant, all }) => `${titleOf(entrant)} ${+all.toPrecision(3)}`);
    sentences.push(`Lowest loss over the tuned anchor's when nothing is tuned (geometric mean): ${low.join(", ")}.`);
  }
  for (const { chosen, judged, chosenOn, bestFixed } of defaults) {
    sentences.push(
      `Chosen on ${chosenOn.length} families as the default: ${titleOf(chosen.entrant)}; on the other ${judged.families} it is better or not worse in ${percent(judged.pooled)} (minimum ${percent(judged.minimum.share)}), the best fixed schedule there, ${titleOf(bestFixed.entrant)}, in ${percent(bestFixed.pooled)} (minimum ${percent(bestFixed.minimum.share)}).`,
    );
  }
  return sentences;
}
