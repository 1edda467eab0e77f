/** A trainer of a few lines in float64, to prove the logic of schedules that look at gradients without tensors. */
import { bindSchedule, ScheduleSpec, type Json, type ScheduleInput } from "@etude/catalog";

/** Weights in groups of numbers; a group is a tensor here. */
type Weights = readonly Float64Array[];

export interface Problem {
  readonly start: Weights;
  loss(weights: Weights, step: number): number;
  gradient(weights: Weights, step: number): Weights;
}

export type Rule =
  | { readonly kind: "sgd"; readonly momentum?: number; readonly nesterov?: boolean }
  | { readonly kind: "adam"; readonly epsilon: "inside" | "outside" };

const map = (weights: Weights, of: (group: number, index: number) => number): Weights =>
  weights.map((group, g) => group.map((_, i) => of(g, i)));
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Returns a function from a gradient to the direction; it keeps its moments. */
function optimizer(rule: Rule, like: Weights): (gradient: Weights) => Weights {
  if (rule.kind === "sgd") {
    const { momentum = 0, nesterov = false } = rule;
    let buffer = map(like, () => 0);
    return (gradient) => {
      buffer = map(like, (g, i) => momentum * buffer[g]![i]! + gradient[g]![i]!);
      return nesterov ? map(like, (g, i) => gradient[g]![i]! + momentum * buffer[g]![i]!) : buffer;
    };
  }
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
  let first = map(like, () => 0);
  let second = map(like, () => 0);
  let t = 0;
  return (gradient) => {
    t++;
    first = map(like, (g, i) => beta1 * first[g]![i]! + (1 - beta1) * gradient[g]![i]!);
    second = map(like, (g, i) => beta2 * second[g]![i]! + (1 - beta2) * gradient[g]![i]! ** 2);
    const [one, two] = [1 - beta1 ** t, Math.sqrt(1 - beta2 ** t)];
    return map(like, (g, i) =>
      rule.epsilon === "inside"
        ? ((first[g]![i]! / (Math.sqrt(second[g]![i]!) + epsilon)) * two) / one
        : first[g]![i]! / one / (Math.sqrt(second[g]![i]!) / two + epsilon),
    );
  };
}

export interface Trace {
  /** The rate after the last group of each update. */
  readonly lr: number[];
  /** Loss before each update, at its batch. */
  readonly loss: number[];
  /** Forward passes up to each update: one for the gradient and one a trial. */
  readonly passes: number[];
  readonly weights: Weights;
}

/** Returns what `steps` updates do. The state goes through JSON at every step, as in a checkpoint. */
export function train(input: ScheduleInput, problem: Problem, rule: Rule, steps: number, stepsPerEpoch = 10): Trace {
  const groups = problem.start.map((_, index) => `group-${index}`);
  const bound = bindSchedule(ScheduleSpec.parse(input), { horizon: steps, groups, stepsPerEpoch });
  const direct = optimizer(rule, problem.start);
  let weights = problem.start;
  let displaced = map(weights, () => 0);
  let state: Json = bound.start();
  let passes = 0;
  const trace = { lr: [] as number[], loss: [] as number[], passes: [] as number[] };
  for (let step = 0; step < steps; step++) {
    const loss = problem.loss(weights, step);
    const gradient = problem.gradient(weights, step);
    passes++;
    const planned = bound.plan(JSON.parse(JSON.stringify(state)) as Json, step, {
      gradientNorm: gradient.map((group) => Math.sqrt(dot(group, group))),
      directionNorm: displaced.map((group) => Math.sqrt(dot(group, group))),
      alignment: gradient.map((group, index) => dot(group, displaced[index]!)),
    });
    state = planned.state;
    const direction = direct(gradient);
    const moved = (rate: readonly number[]): Weights =>
      map(weights, (g, i) => weights[g]![i]! - (rate[g] ?? rate[0]!) * direction[g]![i]!);
    let rates = typeof planned.rate === "number" ? [planned.rate] : [...(planned.rate as readonly number[])];
    for (let tries = 1; bound.judge && rates[0] !== 0; tries++) {
      const next = moved(rates);
      const decrease = gradient.reduce(
        (sum, group, g) =>
          sum +
          dot(
            group,
            weights[g]!.map((w, i) => w - next[g]![i]!),
          ),
        0,
      );
      passes++;
      const verdict = bound.judge(state, {
        tried: rates[0]!,
        loss,
        decrease,
        triedLoss: problem.loss(next, step),
        tries,
      });
      state = verdict.state;
      if (verdict.then === "accept") break;
      rates = ["try" in verdict.then ? verdict.then.try : verdict.then.apply];
      if ("apply" in verdict.then) break;
    }
    weights = moved(rates);
    displaced = direction;
    state = bound.observe(state, step, { applied: rates.length === 1 ? rates[0]! : rates, trainLoss: loss });
    trace.lr.push(rates.at(-1)!);
    trace.loss.push(loss);
    trace.passes.push(passes);
  }
  return { ...trace, weights };
}

/** ½(x₁² + 10 x₂²) from (1, 1). */
export const quadratic: Problem = {
  start: [Float64Array.of(1, 1)],
  loss: ([x]) => 0.5 * (x![0]! ** 2 + 10 * x![1]! ** 2),
  gradient: ([x]) => [Float64Array.of(x![0]!, 10 * x![1]!)],
};

/** Softmax regression, mean cross-entropy, weights (features × classes) and biases from zero; batch k holds rows (k·b + i) mod n. */
export function softmaxRegression(X: readonly number[][], y: readonly number[], batch: number): Problem {
  const features = X[0]!.length;
  const classes = Math.max(...y) + 1;
  const rows = (step: number): number[] => Array.from({ length: batch }, (_, i) => (step * batch + i) % X.length);
  const probabilities = ([W, b]: Weights, x: readonly number[]): number[] => {
    const logits = Array.from({ length: classes }, (_, c) =>
      x.reduce((sum, value, f) => sum + value * W![f * classes + c]!, b![c]!),
    );
    const top = Math.max(...logits);
    const powers = logits.map((logit) => Math.exp(logit - top));
    const total = powers.reduce((sum, value) => sum + value, 0);
    return powers.map((power) => power / total);
  };
  return {
    start: [new Float64Array(features * classes), new Float64Array(classes)],
    loss: (weights, step) =>
      rows(step).reduce((sum, row) => sum - Math.log(probabilities(weights, X[row]!)[y[row]!]!), 0) / batch,
    gradient: (weights, step) => {
      const W = new Float64Array(features * classes);
      const b = new Float64Array(classes);
      for (const row of rows(step)) {
        for (const [c, probability] of probabilities(weights, X[row]!).entries()) {
          const error = (probability - (y[row] === c ? 1 : 0)) / batch;
          b[c]! += error;
          for (let f = 0; f < features; f++) W[f * classes + c]! += error * X[row]![f]!;
        }
      }
      return [W, b];
    },
  };
}
