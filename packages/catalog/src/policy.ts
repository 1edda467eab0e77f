/** A learned policy: a small network that looks at a training's own numbers and multiplies its learning rate. */
import { z } from "zod";

/** Which problems a policy was trained for, and in what unit it holds its rate. */
export const policyFamilies = ["deep", "nmf"] as const;
export type PolicyFamily = (typeof policyFamilies)[number];

const Layer = z.strictObject({
  /** Row-major, one row an output. */
  weights: z.array(z.number()).min(1),
  biases: z.array(z.number()).min(1),
});

/** The frozen network: dense layers, tanh between them, the last one linear. */
export const PolicyNetwork = z.strictObject({ layers: z.array(Layer).min(1) }).meta({ id: "PolicyNetwork" });
export type PolicyNetwork = z.output<typeof PolicyNetwork>;

/** What a schedule of kind `learned` needs: plain JSON, a few kilobytes. */
export const PolicyWeights = z
  .object({
    format: z.literal("etude-policy-1"),
    family: z.enum(policyFamilies),
    features: z.array(z.string()).min(1).describe("What the network sees, in order."),
    actions: z.array(z.number().positive()).min(2).describe("Factors of the rate, one an output of the network."),
    decisions: z.int().min(2).describe("Decisions in the part of a run before its cooldown."),
    opening: z.number().gt(0).max(1).describe("Share of the starting rate that a run begins with."),
    cooldown: z.number().min(0).max(0.9).describe("Last part of the run, in which the rate falls to 0 as 1 − √."),
    actor: PolicyNetwork,
  })
  .meta({ id: "PolicyWeights" });
export type PolicyWeights = z.output<typeof PolicyWeights>;

/** Returns the outputs of the network. */
export function evaluateNetwork({ layers }: PolicyNetwork, inputs: readonly number[]): number[] {
  let values = inputs as number[];
  for (const [depth, { weights, biases }] of layers.entries()) {
    const width = values.length;
    const last = depth === layers.length - 1;
    const before = values;
    values = biases.map((bias, row) => {
      let sum = bias;
      for (let column = 0; column < width; column++) sum += weights[row * width + column]! * before[column]!;
      return last ? sum : Math.tanh(sum);
    });
  }
  return values;
}

/**
 * Returns what a policy does with its features: the mean of its actions' logs under its own probabilities, which moves
 * the rate smoothly where the policy is not sure.
 */
export function chosenAction({ actor, actions }: PolicyWeights): (features: readonly number[]) => number {
  const logs = actions.map(Math.log);
  return (features) => {
    const outputs = evaluateNetwork(actor, features);
    const highest = Math.max(...outputs);
    let total = 0;
    let mean = 0;
    for (const [action, output] of outputs.entries()) {
      const weight = Math.exp(output - highest);
      total += weight;
      mean += weight * logs[action]!;
    }
    return mean / total;
  };
}
