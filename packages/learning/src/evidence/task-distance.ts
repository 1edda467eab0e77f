/** How alike two tasks are. */
import type { EvidenceTask, TaskFeatures } from "@etude/contracts";
import { meanOf } from "./quantiles.ts";

/** What is known of a task before anything ran on it. */
export interface DescribedTask {
  readonly task: { readonly [Name in keyof EvidenceTask]?: EvidenceTask[Name] | undefined } & Pick<
    EvidenceTask,
    "optimizer" | "steps"
  >;
  readonly features: TaskFeatures;
}

/** Positive scales are compared by their logarithm, so that multiplying all losses by one number changes no distance. */
const scales: ReadonlySet<string> = new Set([
  "lossAtStart",
  "gradientNormAtStart",
  "gradientNoiseRatio",
  "topCurvature",
]);

function coordinatesOf({ task, features }: DescribedTask): Map<string, number> {
  const coordinates = new Map([["steps", Math.log(task.steps)]]);
  for (const [name, value] of Object.entries(features)) {
    if (value === null) continue;
    const coordinate = scales.has(name) ? Math.log(value) : name === "classes" ? Math.log(Math.max(1, value)) : value;
    if (Number.isFinite(coordinate)) coordinates.set(name, coordinate);
  }
  return coordinates;
}

const adaptive: ReadonlySet<string> = new Set(["adam", "adamw", "rmsprop", "adagrad"]);
/** What another optimizer or kind of data weighs, in standard deviations. */
const weights = { optimizerClass: 3, optimizer: 1, domain: 1, unknown: 1 } as const;

function categories(a: DescribedTask["task"], b: DescribedTask["task"]): number[] {
  const optimizer =
    adaptive.has(a.optimizer) !== adaptive.has(b.optimizer)
      ? weights.optimizerClass
      : a.optimizer === b.optimizer
        ? 0
        : weights.optimizer;
  return [optimizer, a.domain === b.domain ? 0 : weights.domain];
}

/**
 * Returns a measure of distance over `tasks`: the root mean square of the differences in every feature that one of the
 * two has, each in standard deviations over the tasks, with a fixed amount for an unknown one, another kind of data and
 * another optimizer.
 */
export function taskDistance(tasks: readonly DescribedTask[]): (a: DescribedTask, b: DescribedTask) => number {
  const all = tasks.map(coordinatesOf);
  const names = [...new Set(all.flatMap((coordinates) => [...coordinates.keys()]))].toSorted();
  const deviations = new Map(
    names.map((name) => {
      const values = all.flatMap((coordinates) => coordinates.get(name) ?? []);
      const mean = meanOf(values) ?? 0;
      return [name, Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)) ?? 0)];
    }),
  );
  return (a, b) => {
    const [left, right] = [coordinatesOf(a), coordinatesOf(b)];
    const differences = categories(a.task, b.task);
    for (const name of names) {
      const [x, y] = [left.get(name), right.get(name)];
      if (x === undefined && y === undefined) continue;
      const deviation = deviations.get(name)!;
      if (x === undefined || y === undefined) differences.push(weights.unknown);
      else differences.push(deviation === 0 ? 0 : Math.min(4, Math.abs(x - y) / deviation));
    }
    // Rounded, so that scaling all losses, which moves logarithms by rounding errors, breaks no tie.
    return Number(Math.sqrt(meanOf(differences.map((d) => d * d))!).toFixed(9));
  };
}
