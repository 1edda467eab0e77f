import { EvidenceTask, PolicyArtifact, policyFile, type PolicyTrainingSpec } from "@etude/contracts";
import { type Demonstration, type PolicyPast, storedProblems, trainPolicy } from "@etude/learning";
import { readSuiteFiles } from "@etude/learning/node";
import { z } from "zod";
import type { Work, WorkContext, WorkEnd } from "./work.ts";

/** How much of a training a kill may cost, in iterations. */
const checkpointEvery = 5;

const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Recorded rates to imitate: of one run a task, by the task's id. */
const Curves = z.record(z.string(), z.array(z.number()));

/** Trains a policy on the array engine; the state between two iterations is the checkpoint. */
export const policyTraining: Work<PolicyTrainingSpec> = {
  horizon: ({ config }) => config.iterations,
  async run({ config }, context): Promise<WorkEnd> {
    const started = performance.now();
    let done = 0;
    const policy = await trainPolicy(config, {
      past: await pastOf(config.family, context),
      command: "POST /v1/policies with this config",
      resume: context.resume ? decoder.decode(context.resume) : undefined,
      breathe: () => context.breathe(done),
      shouldStop: () => context.interrupted() !== undefined,
      report({ iteration, ...point }) {
        done = iteration + 1;
        const { trueImprovement, heldOutDivergenceRate } = point;
        context.point("policy/return", iteration, point.return);
        context.point("policy/divergence-rate", iteration, point.divergenceRate);
        context.point("policy/entropy", iteration, point.entropy);
        if (trueImprovement !== undefined) context.point("policy/true-improvement", iteration, trueImprovement);
        if (heldOutDivergenceRate !== undefined)
          context.point("policy/held-out-divergence-rate", iteration, heldOutDivergenceRate);
      },
      async checkpoint(state) {
        const last = done === config.iterations || context.interrupted() === "pause";
        if (last || done % checkpointEvery === 0) await context.checkpoint(done, encoder.encode(state));
      },
    });
    if (!policy) return { outcome: context.interrupted() === "cancel" ? "cancelled" : "paused", summary: null };
    await context.leave(policyFile, "application/json", encoder.encode(JSON.stringify(policy)));
    const seconds = (performance.now() - started) / 1000;
    return {
      outcome: "completed",
      summary: { steps: config.iterations, seconds, stepsPerSecond: config.iterations / Math.max(seconds, 1e-9) },
    };
  },
};

/** What the server has laid ready: the policy to go on from, evidence of stored tasks, rates to imitate. */
async function pastOf(family: PolicyTrainingSpec["config"]["family"], context: WorkContext): Promise<PolicyPast> {
  const read = <Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> | undefined => {
    const bytes = context.inputs.get(name);
    return bytes && schema.parse(JSON.parse(decoder.decode(bytes)));
  };
  const init = read("init", PolicyArtifact);
  const evidence = read("evidence", z.array(z.object({ task: EvidenceTask })));
  if (!evidence) return { init };
  const { problems, leftOut } = storedProblems(evidence, family, await readSuiteFiles());
  context.log("info", `${problems.length} stored tasks: ${problems.map(({ id }) => id).join(", ") || "none"}`);
  if (leftOut.length > 0) context.log("warn", `the array engine cannot train ${leftOut.join(", ")}`);
  const curves = read("curves", Curves) ?? {};
  const demonstrations = problems.flatMap((problem): Demonstration[] =>
    Object.hasOwn(curves, problem.id) ? [{ problem, rates: curves[problem.id]! }] : [],
  );
  return { init, stored: problems, demonstrations };
}
