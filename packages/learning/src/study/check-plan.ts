import { combinationProblem, optimizerUnder } from "@etude/catalog";
import type { StudyPlan } from "@etude/contracts";
import { z } from "zod";
import { optimizerFor, type Suite } from "./execute-cell.ts";
import { resolveSchedule, settingsFor } from "./resolve-schedule.ts";
import { entrantsOn } from "./tuning.ts";

/** Returns why a plan cannot be run on this suite: unknown problems, schedules that are none, parts that do not go together. */
export function checkPlan(plan: StudyPlan, suite: Suite): string[] {
  const defects = new Set<string>();
  for (const planned of plan.problems) {
    const problem = suite.get(planned.problem);
    if (!problem) {
      defects.add(`problems.${planned.id}: ${planned.problem} is not one of ${[...suite.keys()].join(", ")}`);
      continue;
    }
    const steps = planned.steps ?? problem.steps;
    for (const entrant of entrantsOn(plan, planned)) {
      for (const [i, template] of settingsFor(entrant, problem.domain).entries()) {
        const where = `entrants.${entrant.id}.settings.${i}`;
        try {
          const schedule = resolveSchedule(template, planned.rates[0]!, steps);
          const optimizer = optimizerUnder(schedule, optimizerFor(entrant, planned, problem));
          const unfit = combinationProblem(optimizer, schedule);
          if (unfit !== undefined) defects.add(`${where} on ${planned.id}: ${unfit}`);
        } catch (error) {
          if (!(error instanceof z.ZodError)) throw error;
          defects.add(
            `${where}: ${error.issues.map(({ path, message }) => `${path.join(".")} ${message}`).join(", ")}`,
          );
        }
      }
    }
  }
  return [...defects];
}
