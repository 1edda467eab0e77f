/** Tasks that finished runs have left evidence of, as problems of the array engine. */
import { DatasetSpec, datasetOf, type PolicyFamily } from "@etude/catalog";
import type { EvidenceTask } from "@etude/contracts";
import type { Problem } from "../engine/problem.ts";
import { dataOf, type Files } from "../suite/data.ts";
import { rebuildProblem } from "../suite/rebuild.ts";
import { suite } from "../suite/suite.ts";

export interface StoredProblems {
  /** One for each task, in the order of their ids. */
  readonly problems: readonly Problem[];
  /** Ids of tasks that the array engine cannot train. */
  readonly leftOut: readonly string[];
}

/** Returns the task rebuilt from the parts that its runs were made of; undefined where some are missing. */
function rebuilt({ id, specs, batchSize, steps }: EvidenceTask, files: Files): Problem | undefined {
  const { dataset, model, optimizer } = specs;
  if (!dataset || !model || !optimizer) return undefined;
  if (datasetOf(DatasetSpec.parse(dataset)).files.some((name) => !files.has(name))) return undefined;
  const data = dataOf(dataset, files);
  const whole = batchSize ?? data.train.count;
  return rebuildProblem({ id, title: id, model, optimizer, batchSize: whole, steps }, data);
}

/**
 * Returns the problems of a family behind these rows: by the id of a problem of the suite, else rebuilt from its parts.
 * Factorisations are for policies of family nmf, everything else for deep ones. `files` holds the data files by name.
 */
export function storedProblems(
  rows: Iterable<{ readonly task: EvidenceTask }>,
  family: PolicyFamily,
  files: Files,
): StoredProblems {
  const tasks = new Map<string, EvidenceTask>();
  for (const { task } of rows) {
    if ((task.domain === "factorisation") === (family === "nmf")) tasks.set(task.hash, task);
  }
  const known = new Map(tasks.size > 0 ? suite(files).map((problem) => [problem.id, problem]) : []);
  const problems: Problem[] = [];
  const leftOut: string[] = [];
  for (const task of [...tasks.values()].toSorted((a, b) => (a.id + a.hash < b.id + b.hash ? -1 : 1))) {
    const found = known.get(task.id);
    const problem = found ? { ...found, steps: task.steps } : rebuilt(task, files);
    if (problem) problems.push(problem);
    else leftOut.push(task.id);
  }
  return { problems, leftOut };
}
