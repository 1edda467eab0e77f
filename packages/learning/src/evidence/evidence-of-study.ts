/** The results of a study as evidence. */
import {
  type Evidence,
  NewEvidence,
  type NewEvidenceTask,
  type StudyPlan,
  type TaskFeatures,
  toJsonNumber,
} from "@etude/contracts";
import type { Problem } from "../engine/problem.ts";
import type { CellOutcome } from "../study/cell.ts";
import { byId, optimizerFor, type Suite, suiteProblem } from "../study/execute-cell.ts";
import type { FrozenPlan } from "../study/freeze-plan.ts";
import { resolveSchedule, settingsFor } from "../study/resolve-schedule.ts";
import { completeEvidence } from "./complete-evidence.ts";
import { problemFeatures } from "./problem-features.ts";
import { transferRate } from "./transfer-rate.ts";

/** The seed that features are measured with: one for all rows of a problem. */
const featureSeed = 0;

class Converter {
  readonly #frozen: FrozenPlan;
  readonly #suite: Suite;
  readonly #at: string;
  readonly #features = new Map<string, TaskFeatures>();

  constructor(frozen: FrozenPlan, suite: Suite, at: string) {
    this.#frozen = frozen;
    this.#suite = suite;
    this.#at = at;
  }

  get #plan(): StudyPlan {
    return this.#frozen.plan;
  }

  #featuresOf(problem: Problem): TaskFeatures {
    let found = this.#features.get(problem.id);
    if (!found) this.#features.set(problem.id, (found = problemFeatures(problem, featureSeed)));
    return found;
  }

  row(outcome: CellOutcome): Evidence {
    const planned = byId(this.#plan.problems, outcome.problem);
    const entrant = byId(this.#plan.entrants, outcome.entrant);
    const problem = suiteProblem(this.#suite, planned.problem);
    const steps = planned.steps ?? problem.steps;
    const optimizer = optimizerFor(entrant, planned, problem);
    const schedule = resolveSchedule(settingsFor(entrant, problem.domain)[outcome.setting]!, outcome.rate, steps);
    const task: NewEvidenceTask = {
      id: planned.id,
      family: problem.family,
      domain: problem.domain,
      dataset: problem.family,
      model: problem.id,
      optimizer: optimizer.kind,
      batchSize: problem.batchSize,
      steps,
      momentum: "momentum" in optimizer && typeof optimizer.momentum === "number" ? optimizer.momentum : 0,
      specs: { optimizer },
    };
    const features = this.#featuresOf(problem);
    const { tuningSeeds } = this.#plan.protocols[planned.protocol]!;
    return completeEvidence(
      NewEvidence.parse({
        source: "study",
        engine: "array",
        studyId: this.#frozen.hash,
        task,
        features,
        schedule,
        scheduleKind: schedule.kind,
        label: entrant.id,
        ...transferRate(schedule, task, features),
        seed: outcome.seed,
        role: tuningSeeds.includes(outcome.seed) ? "tuning" : "evaluation",
        outcome: {
          finalTrainLoss: toJsonNumber(Math.max(outcome.trainLoss, problem.resolution)),
          bestTrainLoss: toJsonNumber(outcome.bestTrainLoss),
          tailTrainLoss: toJsonNumber(outcome.tailTrainLoss),
          ...(outcome.validationLoss !== undefined && { finalValidationLoss: toJsonNumber(outcome.validationLoss) }),
          ...(outcome.accuracy !== undefined && { accuracy: outcome.accuracy }),
          areaLogLoss: outcome.areaLogLoss,
          diverged: outcome.diverged,
          gradientEvaluations: outcome.gradientEvaluations,
          extraForwards: outcome.extraForwards,
          seconds: outcome.seconds,
        },
        at: this.#at,
      }),
    );
  }
}

/**
 * Returns a row for each training of a study, `at` the moment that all of them get. Final losses are floored at their
 * problem's resolution, as the study's own comparisons are; runs kept only for a figure are left out.
 */
export function evidenceOfStudy(
  frozen: FrozenPlan,
  suite: Suite,
  outcomes: Iterable<CellOutcome>,
  at: string,
): Evidence[] {
  const converter = new Converter(frozen, suite, at);
  return [...outcomes].filter(({ keep }) => keep !== "trace").map((outcome) => converter.row(outcome));
}
