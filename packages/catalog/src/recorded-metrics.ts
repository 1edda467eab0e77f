/** Which metrics a run records. */
import type { Task } from "./dataset.ts";
import type { Metric } from "./metric.ts";
import { type MetricKind, metrics } from "./specs.ts";

/** The parts of a specification that ask for metrics. */
interface Asking {
  readonly metrics?: readonly MetricKind[] | undefined;
  readonly stop: { readonly metricAbove?: { readonly metric: MetricKind } | undefined };
}

const fitting = (task: Task): readonly Metric[] => metrics.filter(({ tasks }) => tasks.includes(task));
const isFor = (kind: string, task: Task): boolean => fitting(task).some((metric) => metric.kind === kind);

/** Returns the field that asks for a metric which the task does not have, and why not; undefined when all fit. */
export function metricProblem(
  { metrics: asked = [], stop }: Asking,
  task: Task,
): { readonly path: string; readonly message: string } | undefined {
  const at = asked.findIndex((kind) => !isFor(kind, task));
  const above = stop.metricAbove?.metric;
  const [path, kind] = at >= 0 ? [`metrics[${at}]`, asked[at]!] : ["stop.metricAbove.metric", above];
  if (kind === undefined || isFor(kind, task)) return undefined;
  const known = fitting(task).map((metric) => metric.kind);
  return { path, message: `${kind} is no metric of ${task}; it has ${known.join(", ") || "none"}` };
}

/** Returns the metrics that the task always has, and those asked for. */
export function recordedMetrics({ metrics: asked = [], stop }: Asking, task: Task): readonly Metric[] {
  const wanted = new Set<string>([...asked, ...(stop.metricAbove ? [stop.metricAbove.metric] : [])]);
  return fitting(task).filter(({ kind, always }) => always || wanted.has(kind));
}
