/** The tables of the study of policies. */
import { type DeepComparison, type Ending, factors, fixed, fromRate } from "./policies-deep.ts";
import type { FactorisationComparison } from "./policies-nmf.ts";

const shown = (value: number): string => (Number.isFinite(value) ? String(+value.toPrecision(3)) : "∞");
/** Losses below this are not told apart. */
const resolution = 1e-3;
/** A loss over the tuned cosine's; what diverged counts as a hundred times worse. */
const ratio = (ending: Ending, { tuned }: DeepComparison): number =>
  Math.min(100, Math.max(ending.trainLoss, resolution) / Math.max(tuned.trainLoss, resolution));
const geometric = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
const head = (titles: readonly string[]): string[] => [row(titles), row(titles.map(() => "---"))];

/** Returns the verdicts and tables of the deep policy. */
export function deepTables(tasks: readonly DeepComparison[]): string[] {
  const at = (task: DeepComparison, method: string, factor: number): Ending =>
    task.from[method]![factors.indexOf(factor as 1)]!;
  const count = (holds: (task: DeepComparison) => boolean): string =>
    `${tasks.filter(holds).length} of ${tasks.length}`;
  const overall = (method: string): number =>
    geometric(tasks.flatMap((task) => task.from[method]!.map((ending) => ratio(ending, task))));
  const own = ["prodigy", "dog"].map(
    (method) => [method, geometric(tasks.map((task) => ratio(task.rateFree[method]!, task)))] as const,
  );
  const ranked = [...Object.keys(fromRate).map((method) => [method, overall(method)] as const), ...own].toSorted(
    (a, b) => a[1] - b[1],
  );
  const diverged = tasks.flatMap((task) =>
    factors.slice(0, 4).map((_, index) => task.from["learned"]![index]!.diverged),
  );
  const searched = geometric(tasks.map((task) => ratio(task.searched, task)));
  return [
    "## Deep networks",
    "",
    "A ratio is the final whole training loss over that of cosine at its tuned rate, medians over three seeds (one for mlp-digits-deep, autoencoder-digits, cnn-digits, speeches-pool and char-transformer), losses floored at 0.001, capped at 100, where diverged runs stand. Starting rates are multiples of the tuned one.",
    "",
    `- At .01 the policy is better than constant, cosine and wsd on ${count((task) => fixed.every((method) => at(task, "learned", 0.01).trainLoss < at(task, method, 0.01).trainLoss))} (aim: 9 of 10).`,
    `- At 1 it is at most 5 % worse than the tuned cosine on ${count((task) => ratio(at(task, "learned", 1), task) <= 1.05)} (aim: 8 of 10).`,
    `- Runs that diverged from starting rates up to 3: ${diverged.reduce((sum, one) => sum + one, 0)} (aim: none).`,
    `- Geometric mean over tasks and factors, best first: ${ranked.map(([method, value]) => `${method} ${shown(value)}`).join(", ")} (aim: learned first).`,
    `- Cosine after a random search of ten rates, at the cost of eleven runs: ${shown(searched)}.`,
    "",
    "Geometric mean over tasks of the ratio:",
    "",
    ...head(["method", ...factors.map((factor) => `× ${factor}`), "all"]),
    ...Object.keys(fromRate).map((method) =>
      row([
        method,
        ...factors.map((factor) => shown(geometric(tasks.map((task) => ratio(at(task, method, factor), task))))),
        shown(overall(method)),
      ]),
    ),
    ...own.map(([method, value]) => row([method, ...factors.map(() => "–"), shown(value)])),
    "",
    "The policy, task by task: ratio of the training loss, and held-out accuracy beside the tuned cosine's.",
    "",
    ...head([
      "task",
      "tuned rate",
      "tuned loss",
      ...factors.map((factor) => `× ${factor}`),
      "accuracy at × 1",
      "tuned",
    ]),
    ...tasks.map((task) =>
      row([
        task.id,
        shown(task.tunedRate),
        shown(task.tuned.trainLoss),
        ...factors.map((factor) => shown(ratio(at(task, "learned", factor), task))),
        accuracyOf(at(task, "learned", 1)),
        accuracyOf(task.tuned),
      ]),
    ),
    "",
  ];
}

const accuracyOf = ({ accuracy }: Ending): string => (accuracy === null ? "–" : shown(accuracy));

/** Returns the verdicts and the table of the policy of factorisations. */
export function factorisationTable(cases: readonly FactorisationComparison[]): string[] {
  const methods = Object.keys(cases[0]!.residuals).filter((method) => method !== "learned");
  const learned = (one: FactorisationComparison): number => one.residuals["learned"]!;
  const step = (one: FactorisationComparison): number => one.residuals["step decay"]!;
  const best = (one: FactorisationComparison): number => Math.min(...methods.map((method) => one.residuals[method]!));
  const count = (holds: (one: FactorisationComparison) => boolean): string =>
    `${cases.filter(holds).length} of ${cases.length}`;
  // Where the bound decides at every update all methods make the same run; rounding is no victory.
  const equal = (one: FactorisationComparison): boolean => Math.abs(learned(one) / step(one) - 1) < 1e-4;
  return [
    "## Factorisations",
    "",
    "‖X − WH‖ / ‖X‖ at the end, medians over five seeds; everything is cut at the same bound. Step decay: rate × factor {.1, .3, .5} × drops {2, 3, 5}; rates are multiples of the bound at the start from .01 to 10. The policy starts at the bound and is not tuned.",
    "",
    `- Below tuned step decay on ${count((one) => learned(one) < step(one) && !equal(one))}, equal to 4 digits on ${count(equal)} (aim: below on 10 of 12).`,
    `- Within 2 % of the best tuned fixed schedule on ${count((one) => learned(one) <= 1.02 * best(one))} (aim: 10 of 12).`,
    "",
    ...head([
      "case",
      "learned",
      ...methods,
      "learned / step",
      "learned / best",
      "updates to 1.05 × best: learned",
      "step",
    ]),
    ...cases.map((one) =>
      row([
        one.title,
        shown(learned(one)),
        ...methods.map((method) => shown(one.residuals[method]!)),
        (learned(one) / step(one)).toFixed(4),
        (learned(one) / best(one)).toFixed(4),
        shown(one.stepsToTarget["learned"]!),
        shown(one.stepsToTarget["step decay"]!),
      ]),
    ),
    "",
  ];
}
