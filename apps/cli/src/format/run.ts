import { type Run, type RunStatus, scheduleOf } from "@etude/contracts";
import { formatAgo, formatNumber, formatPercent } from "./numbers.ts";
import type { Style } from "./style.ts";
import { type Column, cut } from "./table.ts";

/** The end of the id: its beginning is a time, the same for runs made together. Commands take it as a reference. */
export const shortId = (id: string): string => id.slice(-8);

const paints: Record<RunStatus, (style: Style) => (text: string) => string> = {
  queued: (style) => style.dim,
  running: (style) => style.series(0),
  cancelling: (style) => style.yellow,
  paused: (style) => style.yellow,
  completed: (style) => style.green,
  failed: (style) => style.red,
  cancelled: (style) => style.yellow,
};

/** The status in its colour, with the reason of a failure. */
export function formatStatus({ status, failure }: Pick<Run, "status" | "failure">, style: Style): string {
  return paints[status](style)(
    failure === null ? status : failure.reason === "error" ? "failed" : `failed: ${failure.reason}`,
  );
}

export function formatProgress({ step, horizon }: Pick<Run, "step" | "horizon">): string {
  return horizon === null ? (step === 0 ? "–" : String(step)) : `${step}/${horizon} ${formatPercent(step / horizon)}`;
}

export const runColumns: readonly Column[] = [
  { title: "RUN" },
  { title: "STATUS" },
  { title: "NAME" },
  { title: "SCHEDULE" },
  { title: "STEPS", align: "right" },
  { title: "VAL LOSS", align: "right" },
  { title: "ACCURACY", align: "right" },
  { title: "CREATED", align: "right" },
];

/** A run as a row below `runColumns`. */
export function runRow(run: Run, style: Style, now: number): string[] {
  return [
    shortId(run.id),
    formatStatus(run, style),
    cut(run.name, 40),
    scheduleOf(run.spec)?.kind ?? "–",
    formatProgress(run),
    formatNumber(run.summary?.finalValidationLoss),
    formatNumber(run.summary?.finalAccuracy),
    formatAgo(run.createdAt, now),
  ];
}
