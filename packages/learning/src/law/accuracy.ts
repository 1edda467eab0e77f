import type { LossCurve } from "./loss-curve.ts";

/** How far predictions lie from a curve, as fractions of its loss. */
export interface CurveAccuracy {
  readonly file: string;
  readonly rows: number;
  /** Mean over the rows of |prediction − loss| / loss. */
  readonly meanRelativeError: number;
  readonly lastRowError: number;
}

export interface TestAccuracy {
  /** Mean over the curves of their mean relative errors. */
  readonly meanRelativeError: number;
  /** The same without rows that a training curve holds too; null where no row is new. */
  readonly meanRelativeErrorNewRows: number | null;
  /** Mean over the curves. */
  readonly lastRowError: number;
  readonly curves: readonly CurveAccuracy[];
}

/** Returns the loss at each row of a curve. */
export type Predict = (curve: LossCurve) => ArrayLike<number>;

/** Returns the mean over the curves of their mean relative errors. */
export const trainAccuracy = (predict: Predict, curves: readonly LossCurve[]) => ({
  meanRelativeError: mean(curves.map((curve) => mean(errorsOf(predict, curve).map(({ error }) => error)))),
});

/** Returns how well curves are predicted that the fit did not see; `train` holds the rows that are not new. */
export function testAccuracy(
  predict: Predict,
  curves: readonly LossCurve[],
  train: readonly LossCurve[],
): TestAccuracy {
  const known = new Set(train.flatMap(rowKeys));
  const judged = curves.map((curve) => ({ curve, errors: errorsOf(predict, curve) }));
  const fresh = judged.flatMap(({ curve, errors }) => {
    const keys = rowKeys(curve);
    const kept = errors.filter(({ row }) => !known.has(keys[row]!));
    return kept.length === 0 ? [] : [mean(kept.map(({ error }) => error))];
  });
  const accuracies = judged.map(({ curve, errors }) => ({
    file: curve.name,
    rows: errors.length,
    meanRelativeError: mean(errors.map(({ error }) => error)),
    lastRowError: errors.at(-1)!.error,
  }));
  return {
    meanRelativeError: mean(accuracies.map(({ meanRelativeError }) => meanRelativeError)),
    meanRelativeErrorNewRows: fresh.length === 0 ? null : mean(fresh),
    lastRowError: mean(accuracies.map(({ lastRowError }) => lastRowError)),
    curves: accuracies,
  };
}

/** A loss before the first update is the initial weights' and not the law's: it is not judged. */
function errorsOf(predict: Predict, curve: LossCurve): { readonly row: number; readonly error: number }[] {
  const predicted = predict(curve);
  return Array.from(curve.loss.value, (loss, row) => ({ row, error: Math.abs(predicted[row]! - loss) / loss })).filter(
    ({ row }) => curve.loss.step[row]! > 0,
  );
}

/** One key a row of the loss, made of step, rate and loss. Rows without a knot of their own get the knot before. */
function rowKeys({ rate, loss }: LossCurve): string[] {
  let knot = 0;
  return Array.from(loss.step, (step, row) => {
    while (knot + 1 < rate.step.length && rate.step[knot + 1]! <= step) knot++;
    return `${step} ${rate.value[knot]} ${loss.value[row]}`;
  });
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
