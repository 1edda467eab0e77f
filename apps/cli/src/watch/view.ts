import { isEnded } from "@etude/contracts";
import { drawCharts, type Panel } from "../chart/chart.ts";
import { formatCount, formatDuration, formatNumber, formatPercent } from "../format/numbers.ts";
import { formatStatus, shortId } from "../format/run.ts";
import type { Style } from "../format/style.ts";
import { cut, pad, widthOf } from "../format/table.ts";
import type { WatchedRun } from "./watched-run.ts";

const smallestChart = 9;
/** Width of a row beside the run's name: colour, id, bar, status, loss, rate, time left. */
const rowWithoutName = 84;

/** The picture of runs for a terminal of a size: a line or two for each, loss and rate below. At most `rows` lines. */
export function drawRuns(runs: readonly WatchedRun[], size: { columns: number; rows: number }, style: Style): string[] {
  const columns = Math.min(size.columns, 160) - 1;
  const single = runs.length === 1;
  const room = Math.max(1, size.rows - smallestChart - 2);
  const shown = runs.slice(0, runs.length > room ? room - 1 : room);
  const longest = Math.max(...shown.map(({ run }) => widthOf(run.name)));
  const nameWidth = Math.min(longest, Math.max(20, columns - rowWithoutName));
  const head = single
    ? headOfOne(runs[0] as WatchedRun, columns, style)
    : shown.map((run, i) => rowOf(run, i, { columns, nameWidth }, style));
  if (shown.length < runs.length) head.push(style.dim(`and ${runs.length - shown.length} more, drawn below`));
  const trouble = runs.find((run) => run.trouble !== undefined)?.trouble;
  head.push(trouble === undefined ? "" : style.yellow(cut(trouble, columns)));
  const rows = Math.min(size.rows - head.length, 36);
  if (rows < smallestChart) return head.slice(0, size.rows);
  const steps = runs.map((run) => run.run.horizon ?? run.step);
  return [
    ...head,
    ...drawCharts(panelsOf(runs, style), { columns, rows, firstStep: 0, lastStep: Math.max(1, ...steps) - 1, style }),
  ];
}

function panelsOf(runs: readonly WatchedRun[], style: Style): Panel[] {
  const curves = (key: string, layerOf: (index: number) => number) =>
    runs.flatMap(({ history }, index) => {
      const view = history.get(key);
      return view === undefined ? [] : [{ view, layer: layerOf(index) }];
    });
  const single = runs.length === 1;
  const training = curves("train/loss", (index) => index);
  const validation = single ? curves("validation/loss", () => 1) : [];
  const legend =
    validation.length > 0
      ? `  ${style.series(0)("━ train")}  ${style.series(1)("━ validation")}`
      : style.dim("  train");
  return [
    { title: `${style.bold("loss")}${legend}`, curves: [...training, ...validation], weight: 3 },
    { title: style.bold("learning rate"), curves: curves("learning-rate", (index) => (single ? 2 : index)), weight: 2 },
  ];
}

function headOfOne(watched: WatchedRun, columns: number, style: Style): string[] {
  const { run } = watched;
  const title = `${style.bold(cut(run.name, columns - 30))}  ${formatStatus(run, style)}  ${style.dim(shortId(run.id))}`;
  return [title, progressLine(watched, columns, style), valuesLine(watched, columns, style)];
}

/** A bar with how far it is, how fast, and how long it still takes; what does not fit is left out from the end. */
function progressLine(watched: WatchedRun, columns: number, style: Style): string {
  const { run, step } = watched;
  const speed = watched.stepsPerSecond;
  const left = watched.secondsLeft;
  const known = [
    run.horizon === null ? `${step} steps` : `${step} / ${run.horizon} steps`,
    speed === undefined ? undefined : `${formatNumber(speed)} steps/s`,
    left === undefined ? undefined : `${formatDuration(left)} left`,
    isEnded(run.status) && run.summary ? `took ${formatDuration(run.summary.seconds)}` : undefined,
    run.backend?.name,
  ];
  const text = joinWithin(known, columns - 30);
  if (run.horizon === null) return text;
  const share = run.horizon === 0 ? 1 : step / run.horizon;
  return `${bar(share, 20, style)} ${formatPercent(share).padStart(4)}  ${text}`;
}

function valuesLine(watched: WatchedRun, columns: number, style: Style): string {
  const { run } = watched;
  if (run.failure !== null) return style.red(cut(run.failure.message, columns));
  if (run.status === "queued") return style.dim("waiting for a worker");
  const value = (name: string, key: string): string | undefined => {
    const last = watched.last(key);
    return last === undefined ? undefined : `${name} ${formatNumber(last)}`;
  };
  return joinWithin(
    [
      value("train loss", "train/loss"),
      value("validation loss", "validation/loss"),
      value("accuracy", "validation/accuracy"),
      value("rate", "learning-rate"),
      value("gradient norm", "gradient-norm"),
      run.parameters === null ? undefined : `${formatCount(run.parameters)} weights`,
    ],
    columns,
  );
}

function rowOf(
  watched: WatchedRun,
  index: number,
  { columns, nameWidth }: { columns: number; nameWidth: number },
  style: Style,
): string {
  const { run, step } = watched;
  const share = run.horizon === null || run.horizon === 0 ? 0 : step / run.horizon;
  const left = watched.secondsLeft;
  const name = pad(cut(run.name, nameWidth), nameWidth);
  const start = `${style.series(index)("━━")} ${shortId(run.id)} ${name} ${bar(share, 10, style)} ${formatPercent(share).padStart(4)} `;
  const loss = watched.last("validation/loss") ?? watched.last("train/loss");
  const status = formatStatus(run, style);
  const rest = [
    pad(status, "cancelling".length),
    loss === undefined ? undefined : `loss ${formatNumber(loss).padEnd(9)}`,
    run.status === "running" ? `rate ${formatNumber(watched.last("learning-rate")).padEnd(9)}` : undefined,
    left === undefined ? undefined : `${formatDuration(left)} left`,
  ];
  return (start + joinWithin(rest, columns - widthOf(start))).trimEnd();
}

function bar(share: number, width: number, style: Style): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `${style.green("━".repeat(full))}${style.dim("─".repeat(width - full))}`;
}

/** Parts with a gap between, as many from the start as fit. */
export function joinWithin(parts: readonly (string | undefined)[], width: number): string {
  let text = "";
  for (const part of parts) {
    if (part === undefined) continue;
    const longer = text === "" ? part : `${text}   ${part}`;
    if (widthOf(longer) > width) break;
    text = longer;
  }
  return text;
}
