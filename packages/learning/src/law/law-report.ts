import { testAccuracy, type TestAccuracy, trainAccuracy } from "./accuracy.ts";
import type { ParameterInterval } from "./bootstrap.ts";
import { type FittedLaw, fitLaw, type LawOptions, predictLaw } from "./fit-law.ts";
import { checkCurve, type LossCurve } from "./loss-curve.ts";
import type { LawParameters } from "./multi-power-law.ts";
import { fitPowerLaw, predictPowerLaw, type PowerLawParameters } from "./power-law.ts";

interface Judged<Parameters> {
  readonly parameters: Parameters;
  readonly intervals: Readonly<Record<keyof Parameters, ParameterInterval>>;
  readonly train: { readonly meanRelativeError: number };
  /** Null without test curves. */
  readonly test: TestAccuracy | null;
}

/** A fitted law with its errors, beside a law that does not know of the rate. */
export interface LawReport extends Judged<LawParameters> {
  readonly control: Judged<PowerLawParameters>;
}

/** Fits both laws to the training curves and judges them on the test curves. Throws what `fitLaw` throws. */
export function reportLaw(
  train: readonly LossCurve[],
  test: readonly LossCurve[],
  options: LawOptions = {},
): { readonly law: FittedLaw; readonly report: LawReport } {
  for (const curve of test) checkCurve(curve);
  const law = fitLaw(train, options);
  const blind = fitPowerLaw(train);
  const judge = (predict: (curve: LossCurve) => ArrayLike<number>) => ({
    train: trainAccuracy(predict, train),
    test: test.length === 0 ? null : testAccuracy(predict, test, train),
  });
  return {
    law,
    report: {
      parameters: law.parameters,
      intervals: law.intervals,
      ...judge((curve) => predictLaw(law, law.parameters, curve)),
      control: {
        ...blind,
        ...judge(({ loss }) => Float64Array.from(loss.step, (step) => predictPowerLaw(blind.parameters, step))),
      },
    },
  };
}
