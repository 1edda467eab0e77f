import type { FinishSpec, Run, RunSummary, SeriesSummary } from "@etude/contracts";

const defined = <T extends object>(fields: T): T =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== null)) as T;

/** How an external run ended: what the client says, and for the rest what the usual series tell. */
export function summarise(run: Run, series: readonly SeriesSummary[], said: FinishSpec["summary"] = {}): RunSummary {
  const of = (key: string): SeriesSummary | undefined => series.find((one) => one.key === key);
  const validation = of("validation/loss");
  const accuracy = of("validation/accuracy");
  const seconds = said.seconds ?? (Date.now() - Date.parse(run.startedAt ?? run.createdAt)) / 1000;
  const steps = said.steps ?? run.step;
  return {
    ...(defined({
      finalTrainLoss: of("train/loss")?.last,
      finalValidationLoss: validation?.last,
      bestValidationLoss: validation?.min,
      bestStep: validation?.minStep,
      finalAccuracy: accuracy?.last,
      bestAccuracy: accuracy?.max,
    }) as Partial<RunSummary>),
    ...said,
    steps,
    seconds,
    stepsPerSecond: said.stepsPerSecond ?? (seconds > 0 ? steps / seconds : 0),
  };
}
