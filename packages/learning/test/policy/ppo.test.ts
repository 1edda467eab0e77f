import { evaluateNetwork, type PolicyNetwork, randomStream } from "@etude/catalog";
import { describe, expect, test } from "vitest";
import { createNetwork, fromJson, toJson } from "../../src/policy/network.ts";
import {
  createLearner,
  type Decision,
  decide,
  gradientsOf,
  learn,
  lossesOf,
  ppoDefaults,
} from "../../src/policy/ppo.ts";

const random = () => randomStream(7, "test");

describe("the gradient of a network", () => {
  test("is that of finite differences, at every weight", () => {
    const network = createNetwork([3, 5, 4, 2], random(), 1);
    const inputs = Float64Array.of(0.3, -1.2, 0.7, 1.1, 0.2, -0.4);
    const weighted = (): number => {
      const [a, b, c, d] = network.forward(inputs, 2);
      return 2 * a! - 3 * b! + a! * b! + c! * d!;
    };
    weighted();
    const [a, b, c, d] = network.forward(inputs, 2);
    const gradients = network.weights.map((weight) => new Float64Array(weight.length));
    network.backward(Float64Array.of(2 + b!, -3 + a!, d!, c!), 2, gradients);
    for (const [at, gradient] of gradients.entries()) {
      for (const [i, value] of gradient.entries()) {
        expect(value).toBeCloseTo(slope(network.weights[at]!, i, weighted), 7);
      }
    }
  });

  test("a network survives JSON, in which the catalogue computes the same", () => {
    const network = createNetwork([3, 5, 4, 2], random(), 1);
    const json = JSON.parse(JSON.stringify(toJson(network))) as PolicyNetwork;
    expect(fromJson(json).weights).toEqual(network.weights);
    const inputs = [0.3, -1.2, 0.7];
    const outputs = network.forward(Float64Array.from(inputs), 1);
    for (const [i, value] of evaluateNetwork(json, inputs).entries()) expect(value).toBeCloseTo(outputs[i]!, 12);
  });
});

/** Central difference of `of` by weight `i`. */
function slope(weights: Float64Array, i: number, of: () => number): number {
  const [kept, step] = [weights[i]!, 1e-5];
  weights[i] = kept + step;
  const above = of();
  weights[i] = kept - step;
  const below = of();
  weights[i] = kept;
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
    for (const weight of learner.actor.weights) weight.forEach((value, i) => (weight[i] = value + 0.2 * Math.sin(i)));
    const samples = [0, 1].map((row) => {
      const seen = Float64Array.of(0.4, -0.9, 0.1 + row);
      const drawn = decide(learner, seen, Float64Array.of(...seen, 0.5, -0.5), random());
      return { decision: { ...drawn, logProbability: drawn.logProbability + shift }, advantage, target: 1.7 };
    });
    const loss = (gradients = gradientsOf(learner)) => lossesOf(learner, samples, ppoDefaults, gradients);
    const gradients = gradientsOf(learner);
    loss(gradients);
    for (const name of ["actor", "critic"] as const) {
      for (const [at, gradient] of gradients[name].entries()) {
        for (let i = 0; i < gradient.length; i += 7) {
          expect(gradient[i]).toBeCloseTo(
            slope(learner[name].weights[at]!, i, () => loss()[name]),
            7,
          );
        }
      }
    }
  });
});

/** Episodes of a corridor: the state is a place, the actions go left, stay or go right; only place 3 pays, at the end. */
function corridor(learner: ReturnType<typeof createLearner>, seed: number, count: number): Decision[][] {
  const random = randomStream(seed, "corridor");
  return Array.from({ length: count }, () => {
    let place = 0;
    return Array.from({ length: 6 }, (_, at): Decision => {
      const seen = Float64Array.of(place / 3, at / 6);
      const decision = decide(learner, seen, seen, random);
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
    return [...learner.actor.weights, ...learner.critic.weights];
  };
  expect(run()).toEqual(run());
});
