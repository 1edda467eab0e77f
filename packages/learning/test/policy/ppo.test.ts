import { randomStream } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import {
  createLearner,
  type Decision,
  decide,
  learn,
  ppoDefaults,
  sampleLoss,
  scratchOf,
} from "../../src/policy/ppo.ts";
import { activationsOf, backward, createNetwork, forward, fromJson, toJson } from "../../src/policy/network.ts";

const random = () => randomStream(7, "test");

describe("the gradient of a network", () => {
  test("is that of finite differences, at every parameter", () => {
    const network = createNetwork([3, 5, 4, 2], random(), 1);
    const activations = activationsOf(network);
    const inputs = [0.3, -1.2, 0.7];
    const weighted = (): number => {
      activations[0]!.set(inputs);
      const [a, b] = forward(network, activations);
      return 2 * a! - 3 * b! + a! * b!;
    };
    weighted();
    const [a, b] = activations.at(-1)!;
    const gradient = new Float64Array(network.parameters.length);
    backward(network, activations, Float64Array.of(2 + b!, -3 + a!), gradient);
    for (let i = 0; i < gradient.length; i++) {
      expect(gradient[i]).toBeCloseTo(slope(network.parameters, i, weighted), 7);
    }
  });

  test("a network survives JSON", () => {
    const network = createNetwork([3, 5, 4, 2], random(), 1);
    expect(fromJson(JSON.parse(JSON.stringify(toJson(network))))).toEqual(network);
  });
});

/** Central difference of `of` by parameter `i`. */
function slope(parameters: Float64Array, i: number, of: () => number): number {
  const [kept, step] = [parameters[i]!, 1e-5];
  parameters[i] = kept + step;
  const above = of();
  parameters[i] = kept - step;
  const below = of();
  parameters[i] = kept;
  return (above - below) / (2 * step);
}

describe.each([
  ["inside the clip", 0.05, 1.3],
  ["beyond it with a gain", -0.6, 1.3],
  ["beyond it with a loss", -0.6, -0.8],
  ["below it with a loss", 0.6, -0.8],
  ["below it with a gain", 0.6, 1.3],
])("the gradient of PPO's loss %s", (_, shift, advantage) => {
  test("is that of finite differences", () => {
    const learner = createLearner(3, 4, 2, random());
    for (const [i] of learner.actor.parameters.entries()) learner.actor.parameters[i]! += 0.2 * Math.sin(i);
    const scratch = scratchOf(learner);
    const seen = Float64Array.of(0.4, -0.9, 0.1);
    const judged = Float64Array.of(...seen, 0.5, -0.5);
    const drawn = decide(learner, scratch, seen, judged, random());
    const sample = { ...drawn, logProbability: drawn.logProbability + shift, advantage, target: 1.7 };
    const loss = (gradients = empty(learner)) => sampleLoss(learner, scratch, sample, ppoDefaults, 3, gradients);
    const gradients = empty(learner);
    loss(gradients);
    for (const name of ["actor", "critic"] as const) {
      for (let i = 0; i < gradients[name].length; i += 7) {
        expect(gradients[name][i]).toBeCloseTo(
          slope(learner[name].parameters, i, () => loss()[name]),
          7,
        );
      }
    }
  });
});

const empty = ({ actor, critic }: ReturnType<typeof createLearner>) => ({
  actor: new Float64Array(actor.parameters.length),
  critic: new Float64Array(critic.parameters.length),
});

/** Episodes of a corridor: the state is a place, the actions go left, stay or go right; only place 3 pays, at the end. */
function corridor(learner: ReturnType<typeof createLearner>, seed: number, count: number): Decision[][] {
  const scratch = scratchOf(learner);
  const random = randomStream(seed, "corridor");
  return Array.from({ length: count }, () => {
    let place = 0;
    return Array.from({ length: 6 }, (_, at): Decision => {
      const seen = Float64Array.of(place / 3, at / 6);
      const decision = decide(learner, scratch, seen, seen, random);
      place = Math.max(-5, Math.min(5, place + decision.action - 1));
      decision.reward = at === 5 ? -Math.abs(place - 3) : 0;
      return decision;
    });
  });
}
const meanReturn = (episodes: readonly Decision[][]): number =>
  episodes.flat().reduce((sum, { reward }) => sum + reward, 0) / episodes.length;

test("it finds the known optimum of a corridor, whose reward comes late", () => {
  const learner = createLearner(2, 3, 0, random());
  expect(meanReturn(corridor(learner, 0, 200))).toBeLessThan(-2);
  for (let round = 1; round <= 60; round++)
    learn(learner, corridor(learner, round, 32), 3e-3, randomStream(round, "learn"));
  expect(meanReturn(corridor(learner, 1000, 200))).toBeGreaterThan(-0.15);
});

test("the same seeds give the same networks, bit for bit", () => {
  const run = () => {
    const learner = createLearner(2, 3, 0, random());
    for (let round = 1; round <= 3; round++)
      learn(learner, corridor(learner, round, 8), 3e-3, randomStream(round, "learn"));
    return [...learner.actor.parameters, ...learner.critic.parameters];
  };
  expect(run()).toEqual(run());
});
