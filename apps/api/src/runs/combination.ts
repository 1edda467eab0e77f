/** Which parts of a run work together, as far as the spec alone can tell; the worker checks the rest on the data. */
import { combinationProblem } from "@etude/catalog";
import { Problem, type ProblemIssue, type RunSpec } from "@etude/contracts";

/** Throws Problem combination_refused with the reasons; `at` gives the path of each spec in the request. */
export function assertCombinations(specs: readonly RunSpec[], at: (index: number) => string): void {
  const issues = specs.flatMap(({ optimizer, schedule }, index): ProblemIssue[] => {
    const message = combinationProblem(optimizer, schedule);
    return message === undefined ? [] : [{ path: `${at(index)}schedule`, message }];
  });
  if (issues.length === 0) return;
  throw new Problem("combination_refused", [...new Set(issues.map(({ message }) => message))].join("; "), issues);
}
