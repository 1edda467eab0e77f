import type { ScheduleSpec } from "@etude/catalog";
import type { Run, RunSpec, SeriesSummary } from "@etude/contracts";
import { formatNumber, fromJson } from "./number.ts";

/** The base or peak rate of a schedule in words: 0.1, or "0.5 × bound"; of a sequence, its first part's; – without a schedule. */
export function rateText(schedule: ScheduleSpec | undefined): string {
  if (!schedule) return "–";
  if (schedule.kind === "sequence") return schedule.parts[0] ? rateText(schedule.parts[0].schedule) : "–";
  const rate = "rate" in schedule ? (schedule.rate as unknown) : undefined;
  if (typeof rate === "number") return formatNumber(rate);
  if (typeof rate === "object" && rate !== null && "ofBound" in rate) {
    return `${formatNumber(Number(rate.ofBound))} × bound`;
  }
  return "–";
}

/** Kind of a schedule with what is put around it: "cosine", "warmup + constant + tail"; – without one. */
export function scheduleText(schedule: ScheduleSpec | undefined): string {
  if (!schedule) return "–";
  const { kind, warmup, tail } = schedule;
  return kind === "wsd" ? kind : [warmup && "warmup", kind, tail && "tail"].filter(Boolean).join(" + ");
}

/** What a run is made of: kinds of a training, labels of an external run as far as it has them. */
export function partsOf(spec: RunSpec): { model?: string; dataset?: string; optimizer?: string } {
  if (spec.kind === "training")
    return { model: spec.model.kind, dataset: spec.dataset.kind, optimizer: spec.optimizer.kind };
  if (spec.kind !== "external") return {};
  return {
    ...(spec.model !== undefined && { model: spec.model }),
    ...(spec.dataset !== undefined && { dataset: spec.dataset }),
    ...(spec.optimizer !== undefined && { optimizer: spec.optimizer }),
  };
}

/** What a run scored: its summary when it has ended, else the newest values of its series. */
export interface Score {
  readonly validationLoss: number | undefined;
  readonly bestValidationLoss: number | undefined;
  readonly trainLoss: number | undefined;
  readonly accuracy: number | undefined;
  readonly bestAccuracy: number | undefined;
}

/** Reads a run's score from its summary, or from summaries of its series while it runs. */
export function scoreOf({ summary }: Run, series: readonly SeriesSummary[] = []): Score {
  const of = (key: string): SeriesSummary | undefined => series.find((one) => one.key === key);
  const loss = of("validation/loss");
  const accuracy = of("validation/accuracy");
  return {
    validationLoss: fromJson(summary?.finalValidationLoss ?? loss?.last),
    bestValidationLoss: fromJson(summary?.bestValidationLoss ?? loss?.min),
    trainLoss: fromJson(summary?.finalTrainLoss ?? of("train/loss")?.last),
    accuracy: fromJson(summary?.finalAccuracy ?? accuracy?.last),
    bestAccuracy: fromJson(summary?.bestAccuracy ?? accuracy?.max),
  };
}

/** What to do about a run that failed for this reason. */
export const remedies = {
  diverged: "Lower the learning rate, add a warmup, or clone the run with another schedule.",
  "out-of-memory": "Lower the batch size or take a smaller model, then clone the run.",
  "time-limit": "Raise stop.afterSeconds or lower the budget; Retry goes on from the last checkpoint.",
  "invalid-data": "Check the dataset's parameters; the message says what did not fit.",
  "no-backend": "Choose another backend, or a model whose kernels it has.",
  "lost-worker": "Retry goes on from the last checkpoint. See the log for why the worker went away.",
  error: "See the log. Retry goes on from the last checkpoint.",
} as const;
