import { PolicyArtifact, PolicyConfig, type PolicyPoint } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { trainPolicy } from "../../src/policy/train-policy.ts";
import { randomProblem } from "../../src/policy/task-pool.ts";

const tiny = (changes: Record<string, unknown> = {}) =>
  PolicyConfig.parse({ family: "nmf", iterations: 3, environments: 8, decisions: 8, seed: 4, ...changes });

/** Everything about a policy but how long it took. */
const weightsIn = (policy: PolicyArtifact | undefined) => ({ actor: policy!.actor, critic: policy!.critic });

describe("a short training", async () => {
  const points: PolicyPoint[] = [];
  const states: string[] = [];
  const policy = await trainPolicy(tiny(), {
    report: (point) => void points.push(point),
    checkpoint: (state) => void states.push(state),
  });

  test("leaves a policy with its record, and a point an iteration", () => {
    expect(PolicyArtifact.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
    expect(points.map(({ iteration }) => iteration)).toEqual([0, 1, 2]);
    expect(points.at(-1)!.trueImprovement).toBe(policy!.trainedWith.heldOut.trueImprovement);
    expect(policy!.trainedWith.samples[0]!.rate.length).toBeGreaterThan(5);
    expect(policy!.trainedWith.updates).toBeGreaterThan(3 * 8 * 20);
  });

  test("resumed after any iteration it ends with the same weights, bit for bit", async () => {
    for (const resume of [states[0]!, states[1]!]) {
      expect(weightsIn(await trainPolicy(tiny(), { resume }))).toEqual(weightsIn(policy));
    }
  });

  test("another seed gives another policy", async () => {
    expect(weightsIn(await trainPolicy(tiny({ seed: 5 })))).not.toEqual(weightsIn(policy));
  });

  test("stops where it is told to", async () => {
    let asked = 0;
    const seen: number[] = [];
    const stopped = await trainPolicy(tiny(), {
      shouldStop: () => asked++ === 2,
      report: ({ iteration }) => void seen.push(iteration),
    });
    expect(stopped).toBeUndefined();
    expect(seen).toEqual([0, 1]);
  });

  test("goes on from an older policy", async () => {
    const config = tiny({ init: "default-nmf", iterations: 1 });
    const further = await trainPolicy(config, { past: { init: policy } });
    const distance = (a: PolicyArtifact, b: PolicyArtifact) =>
      Math.hypot(...a.actor.layers[0]!.weights.map((weight, i) => weight - b.actor.layers[0]!.weights[i]!));
    const unrelated = await trainPolicy(tiny({ seed: 6, iterations: 1 }));
    expect(distance(further!, policy!)).toBeGreaterThan(0);
    expect(distance(further!, policy!)).toBeLessThan(0.3 * distance(unrelated!, policy!));
  });

  test("refuses what it lacks", async () => {
    await expect(trainPolicy(tiny({ init: "default-nmf" }))).rejects.toThrow(
      "the weights of policy default-nmf are missing",
    );
    await expect(trainPolicy(tiny({ init: "x", family: "deep" }), { past: { init: policy } })).rejects.toThrow(
      "policy x is of family nmf; a policy of family deep is wanted",
    );
    await expect(trainPolicy(tiny({ problems: { analytic: 0, stored: 1 } }))).rejects.toThrow(
      "there are no stored tasks",
    );
    expect(PolicyConfig.safeParse({ family: "trees" }).error?.issues[0]?.message).toMatch(/deep.*nmf/);
  });
});

test("imitation makes a policy follow the rates that were recorded", async () => {
  const problems = Array.from({ length: 3 }, (_, index) => randomProblem("nmf", "training", 1, index));
  const bounds = problems.map((problem) => problem.start(0).bound!(0, 0));
  // A good run that fell from half the bound to a thousandth of it.
  const demonstrations = problems.map((problem, index) => ({
    problem,
    rates: Array.from({ length: problem.steps }, (_, step) => 0.5 * bounds[index]! * 0.002 ** (step / problem.steps)),
  }));
  const meanChange = async (imitate: boolean): Promise<number> => {
    const policy = await trainPolicy(tiny({ imitate, iterations: 1 }), { past: { demonstrations } });
    const changes = policy!.trainedWith.samples.map(({ rate }) => Math.log(rate.at(-1)! / rate[0]!));
    return changes.reduce((sum, change) => sum + change, 0) / changes.length;
  };
  expect(await meanChange(true)).toBeLessThan((await meanChange(false)) - 1);
});
