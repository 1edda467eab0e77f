import { z } from "zod";
import { chosenAction, PolicyWeights } from "../policy.ts";
import { shippedPolicies } from "../policies/shipped.ts";
import type { Schedule, ScheduleContext } from "../schedule.ts";
import { between, knownStart, limit, parameters, rate, resolveLimit, resolveRates, rule, whole } from "./_fields.ts";
import { policyFeatures } from "./_policy-features.ts";
import { policyMachine } from "./_policy-machine.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const policyRule = rule(`one of ${Object.keys(shippedPolicies).join(", ")}, or the id of a trained policy`);

const params = parameters({
  kind: z.literal("learned"),
  rate: rate(),
  policy: z
    .string(policyRule)
    .refine((name) => Object.hasOwn(shippedPolicies, name) || uuid.test(name), policyRule)
    .default("default-deep")
    .describe("default-deep, default-nmf, or the id of a policy that was trained here."),
  decisions: whole(2, 1000).optional().describe("Decisions in the run before the cooldown; absent: as in training."),
  cooldown: between(0, 0.9)
    .optional()
    .describe("Last fraction of the run, in which the rate falls to 0 as 1 − √; absent: as in training."),
  minRate: limit().default({ ofStart: 1e-4 }).describe("The rate is never lowered below it before the cooldown."),
  maxRate: limit().default({ ofStart: 1e4 }).describe("The rate is never raised above it."),
}).meta({ id: "LearnedSchedule" });

/** Returns the frozen weights that the name stands for. Throws a RangeError where they are missing or broken. */
function weightsOf(name: string, context: ScheduleContext): PolicyWeights {
  const shipped = Object.hasOwn(shippedPolicies, name) ? shippedPolicies[name] : undefined;
  const found = shipped ?? context.policy;
  if (found === undefined) throw new RangeError(`learned needs the weights of policy ${name}`);
  const parsed = PolicyWeights.safeParse(found);
  if (!parsed.success) throw new RangeError(`policy ${name}: ${z.prettifyError(parsed.error)}`);
  const unknown = parsed.data.features.filter((feature) => !Object.hasOwn(policyFeatures, feature));
  if (unknown.length > 0) throw new RangeError(`policy ${name}: unknown features ${unknown.join(", ")}`);
  return parsed.data;
}

export const learned: Schedule<typeof params> = {
  kind: "learned",
  params,
  doc: {
    title: "Learned policy",
    summary: "A small network, trained by reinforcement learning, watches the training loss and moves the rate.",
    formula:
      "after each block of steps, from opening · rate on, η ← η · exp(Σ πₐ ln factorₐ), π = softmax of the network; η · 1/4 at once when the loss blows up; at the end η · (1 − √u)",
    when: "When the right rate is not known, and there is no time to tune one: it finds its way from a rate a hundred times too low or a few times too high.",
    source: "PPO (Schulman et al., arXiv:1707.06347) on runs of the array engine; after Xu et al., arXiv:1909.09712.",
  },
  example: { kind: "learned", rate: 0.05 },
  bind(params, context) {
    const weights = weightsOf(params.policy, context);
    const starts = resolveRates(params.rate, context);
    return policyMachine(
      {
        holds: weights.family === "nmf" ? "share-of-bound" : "rate",
        features: weights.features,
        decisions: params.decisions ?? weights.decisions,
        opening: weights.opening,
        cooldown: params.cooldown ?? weights.cooldown,
        starts,
        min: starts.map((start) => Math.min(start, resolveLimit(params.minRate, start))),
        max: starts.map((start) => Math.max(start, resolveLimit(params.maxRate, start))),
      },
      context,
      chosenAction(weights),
    );
  },
  warnings(params, context) {
    const start = knownStart(params.rate, context);
    return start === 0 ? ["A learned schedule multiplies its rate: from 0 it stays at 0."] : [];
  },
};
