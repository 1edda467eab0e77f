/** Lists whose best member counts. */
import { groupBy } from "../group-by.ts";
import type { TaskRow } from "../evidence/task-table.ts";

/** Log regrets are clipped here: how badly a hopeless schedule fails must not decide. */
export const regretCap = 1;

/**
 * Returns ln(loss / best loss of the task), clipped to [0, 1]: 1 where the schedule diverged; undefined where it was not
 * tried. Rounded to nine places, so that losses in other units give the same number.
 */
export function regretOf(row: TaskRow, shape: string): number | undefined {
  const loss = row.arms.get(shape)?.judged;
  if (loss === undefined) return undefined;
  if (loss <= row.best) return 0;
  if (!(row.best > 0)) return regretCap;
  return Number(Math.min(regretCap, Math.log(loss / row.best)).toFixed(9));
}

/** From so many schedules on, a task weighs in full: before, the best of them says little about the best there is. */
const enoughArms = 5;

/**
 * Returns the weight of each task such that families weigh the same, times `weightOf`; less for a task where few schedules
 * were tried, nothing where one was.
 */
export function familyWeights(rows: readonly TaskRow[], weightOf: (row: TaskRow) => number = () => 1): number[] {
  const families = groupBy(rows, ({ task }) => task.family);
  const worth = ({ arms }: TaskRow): number => Math.min(1, (arms.size - 1) / (enoughArms - 1));
  const sizes = new Map([...families].map(([family, own]) => [family, own.reduce((sum, row) => sum + worth(row), 0)]));
  return rows.map((row) => (weightOf(row) * worth(row)) / Math.max(1, sizes.get(row.task.family)!));
}

/** Where a schedule was not tried it gets its mean score elsewhere, with one task at the cap beside them. */
function filled(scores: readonly (number | undefined)[], weights: readonly number[]): number[] {
  let [sum, total] = [regretCap, 1];
  for (const [i, score] of scores.entries()) {
    if (score === undefined) continue;
    sum += weights[i]! * score;
    total += weights[i]!;
  }
  return scores.map((score) => score ?? sum / total);
}

/**
 * Returns up to k shapes, chosen one after the other so that the weighted mean over the tasks of the least score in the
 * list is as low as can be: greedy, the customary way to such a submodular choice (Xu et al. 2010, Hydra; Pfisterer et al.
 * 2021). Once nothing improves it, the lowest mean score comes next; ties go to the lower shape.
 */
export function greedyPortfolio(
  rows: readonly TaskRow[],
  weights: readonly number[],
  candidates: readonly string[],
  k: number,
  scoreOf: (row: TaskRow, shape: string) => number | undefined,
): string[] {
  const scores = new Map(
    candidates.map((shape) => [
      shape,
      filled(
        rows.map((row) => scoreOf(row, shape)),
        weights,
      ),
    ]),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  const weighted = (values: readonly number[]): number =>
    Number((values.reduce((sum, value, i) => sum + value * weights[i]!, 0) / total).toFixed(9));
  const left = new Set(candidates);
  const chosen: string[] = [];
  let reached = rows.map(() => Infinity);
  while (chosen.length < k && left.size > 0) {
    const judged = [...left].map((shape) => {
      const own = scores.get(shape)!;
      return { shape, together: weighted(own.map((score, i) => Math.min(score, reached[i]!))), alone: weighted(own) };
    });
    judged.sort((a, b) => a.together - b.together || a.alone - b.alone || (a.shape < b.shape ? -1 : 1));
    const { shape } = judged[0]!;
    chosen.push(shape);
    left.delete(shape);
    reached = scores.get(shape)!.map((score, i) => Math.min(score, reached[i]!));
  }
  return chosen;
}
