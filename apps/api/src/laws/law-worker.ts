/** What the law's thread runs: seconds of computing, away from the event loop that serves live frames. */
import {
  type Advice,
  advise,
  doubtOf,
  LawError,
  type LawErrorCode,
  type LawOptions,
  type LawReport,
  type LossCurve,
  type OptimiseOptions,
  relianceOf,
  type Reliance,
  reportLaw,
} from "@etude/learning/law";

export interface LawTask extends LawOptions {
  readonly train: readonly LossCurve[];
  readonly test: readonly LossCurve[];
  /** Find a schedule under the law, too. */
  readonly optimise?: Omit<OptimiseOptions, "rates" | "warmupSteps"> & { readonly warmupSteps?: number | undefined };
}

export type LawResult =
  | { readonly report: LawReport; readonly reliance: Reliance; readonly doubt: string | null; readonly advice?: Advice }
  /** An error loses its own fields on its way between threads. */
  | {
      readonly refused: { readonly code: LawErrorCode; readonly message: string; readonly option?: string | undefined };
    };

export default function run({ train, test, optimise, ...options }: LawTask): LawResult {
  try {
    const { law, report } = reportLaw(train, test, options);
    const reliance = relianceOf(report, [...train, ...test]);
    const doubt = doubtOf(reliance) ?? null;
    return optimise
      ? { report, reliance, doubt, advice: advise(law, report, { train, test }, optimise) }
      : { report, reliance, doubt };
  } catch (error) {
    if (!(error instanceof LawError)) throw error;
    return { refused: { code: error.code, message: error.message, option: error.option } };
  }
}
