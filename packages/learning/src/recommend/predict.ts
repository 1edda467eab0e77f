/** What a schedule will reach on a task, with an interval. */
import type { EvidenceCell, RecommendedSchedule } from "@etude/contracts";
import { quantileOf } from "../evidence/quantiles.ts";
import type { DescribedTask } from "../evidence/task-distance.ts";
import type { TaskRow } from "../evidence/task-table.ts";
import type { NearRow } from "./rate-of.ts";

type Predicted = RecommendedSchedule["predicted"];

/** Tasks whose outcomes are taken. */
const neighbours = 5;

const finite = (value: number | string | null): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

const intervalOf = (values: readonly number[]): NonNullable<Predicted["loss"]> | null =>
  values.length === 0
    ? null
    : { median: quantileOf(values, 0.5)!, low: quantileOf(values, 0.1)!, high: quantileOf(values, 0.9)! };

/** The seeds that judged a cell. */
const judges = ({ evaluation, all }: EvidenceCell): EvidenceCell["all"] => (evaluation.count > 0 ? evaluation : all);

function fromSeeds(cell: EvidenceCell, best: number): Predicted {
  const { median, low, high } = judges(cell);
  const [middle, bottom, top] = [finite(median), finite(low), finite(high)];
  if (middle === null || bottom === null || top === null)
    return { regret: null, loss: null, from: "seeds of this task" };
  const loss = { median: middle, low: bottom, high: top };
  const regret = best > 0 ? { median: middle / best, low: bottom / best, high: top / best } : null;
  return { regret, loss, from: "seeds of this task" };
}

/**
 * Returns the predicted regret (loss over that of the best known schedule) and loss: the seeds of this task where the
 * schedule ran on it, 10th to 90th percentile; else the same percentiles over the five nearest tasks where it ran, the
 * loss from its fall below the loss at the start.
 */
export function predict(
  shape: string,
  asked: DescribedTask,
  near: readonly NearRow[],
  own: TaskRow | undefined,
): Predicted {
  const here = own?.arms.get(shape);
  if (own && here) return fromSeeds(here.chosen, own.best);
  const tried = near.flatMap(({ row }) => {
    const arm = row.arms.get(shape);
    return arm ? [{ row, judged: arm.judged }] : [];
  });
  const nearest = tried.slice(0, neighbours).filter(({ judged, row }) => judged < Infinity && row.best > 0);
  if (nearest.length === 0) return { regret: null, loss: null, from: "nothing" };
  const start = asked.features.lossAtStart;
  const falls = nearest.flatMap(({ row, judged }) =>
    row.features.lossAtStart !== null && row.features.lossAtStart > 0 ? [judged / row.features.lossAtStart] : [],
  );
  return {
    regret: intervalOf(nearest.map(({ row, judged }) => judged / row.best)),
    loss: start === null ? null : intervalOf(falls.map((fall) => fall * start)),
    from: "similar tasks",
  };
}
