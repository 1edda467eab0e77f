/** Which parts of a run work together, as far as the spec alone can tell; the worker checks the rest on the data. */
import { clipProblem, combinationProblem, lossProblem, metricProblem, modelOf, taskOf } from "@etude/catalog";
import { Problem, type ProblemIssue, type RunSpec } from "@etude/contracts";

function issuesOf(spec: RunSpec): ProblemIssue[] {
  if (spec.kind !== "training") return [];
  const { dataset, model, optimizer, schedule, gradientClip } = spec;
  const task = taskOf(dataset);
  const { tasks } = modelOf(model);
  const unfit = combinationProblem(optimizer, schedule);
  const clip = gradientClip && clipProblem(schedule, task);
  const loss = "loss" in model && typeof model.loss === "object" ? lossProblem(model.loss.kind, task) : undefined;
  const metric = metricProblem(spec, task);
  return [
    ...(tasks.includes(task)
      ? []
      : [
          {
            path: "model.kind",
            message: `model ${model.kind} learns ${tasks.join(" and ")}, and ${dataset.kind} is data for ${task}`,
          },
        ]),
    ...(unfit === undefined ? [] : [{ path: "schedule", message: unfit }]),
    ...(clip === undefined ? [] : [{ path: "gradientClip", message: clip }]),
    ...(loss === undefined ? [] : [{ path: "model.loss", message: loss }]),
    ...(metric === undefined ? [] : [metric]),
  ];
}

/** Throws Problem combination_refused with the reasons; `at` gives the path of each spec in the request. */
export function assertCombinations(specs: readonly RunSpec[], at: (index: number) => string): void {
  const issues = specs.flatMap((spec, index) =>
    issuesOf(spec).map(({ path, ...issue }) => ({ ...issue, path: `${at(index)}${path}` })),
  );
  if (issues.length === 0) return;
  throw new Problem("combination_refused", [...new Set(issues.map(({ message }) => message))].join("; "), issues);
}
