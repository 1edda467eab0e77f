import type { Tensor } from "@tensorflow/tfjs-core";
import type { Tfjs } from "../types.ts";
import { checkAlike, hasKernel, runKernel } from "./run.ts";

/** An update of one weight. None of its tensors is changed or disposed: results are new tensors. */
interface Step {
  readonly weight: Tensor;
  readonly gradient: Tensor;
  /** The learning rate. */
  readonly rate: number;
  /** λ of coupled weight decay: λ · weight is added to the gradient. Default 0. */
  readonly coupledDecay?: number;
}

export type SgdStep = Step;

/** Returns weight − rate · (gradient + coupledDecay · weight), in one pass on wasm. */
export function sgdStep(tf: Tfjs, { weight, gradient, rate, coupledDecay = 0 }: SgdStep): Tensor {
  checkAlike("sgdStep", { weight, gradient });
  if (hasKernel(tf, "TrainingDescend")) {
    return runKernel(tf, "TrainingDescend", { weight, gradient }, { rate, coupledDecay })[0]!;
  }
  return tf.tidy(() => tf.sub(weight, tf.mul(decayed(tf, gradient, weight, coupledDecay), rate)));
}

export interface MomentumStep extends Step {
  readonly velocity: Tensor;
  /** Share of the previous velocity that is kept. */
  readonly momentum: number;
  /** Nesterov's look-ahead, in the form of PyTorch. Default false. */
  readonly nesterov?: boolean;
}

/** A type and not an interface, so that it fits `tf.tidy`. */
export type MomentumResult = { readonly weight: Tensor; readonly velocity: Tensor };

/** Returns velocity ← momentum · velocity + g and weight ← weight − rate · velocity, in one pass on wasm. */
export function momentumStep(tf: Tfjs, step: MomentumStep): MomentumResult {
  const { weight, gradient, velocity, rate, momentum, coupledDecay = 0, nesterov = false } = step;
  checkAlike("momentumStep", { weight, gradient, velocity });
  if (hasKernel(tf, "TrainingMomentum")) {
    const attrs = { rate, momentum, coupledDecay, nesterov };
    const [nextWeight, nextVelocity] = runKernel(tf, "TrainingMomentum", { weight, gradient, velocity }, attrs);
    return { weight: nextWeight!, velocity: nextVelocity! };
  }
  return tf.tidy(() => {
    const g = decayed(tf, gradient, weight, coupledDecay);
    const next = tf.add(tf.mul(velocity, momentum), g);
    const direction = nesterov ? tf.add(g, tf.mul(next, momentum)) : next;
    return { weight: tf.sub(weight, tf.mul(direction, rate)), velocity: next };
  });
}

/** What Adam keeps and knows. */
interface AdamMoments {
  readonly gradient: Tensor;
  /** Running average of the gradient. */
  readonly firstMoment: Tensor;
  /** Running average of the squared gradient. */
  readonly secondMoment: Tensor;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** 0-based number of the update. */
  readonly step: number;
}

export type AdamDirection = AdamMoments;

/** A type and not an interface, so that it fits `tf.tidy`. */
export type AdamDirectionResult = {
  readonly direction: Tensor;
  readonly firstMoment: Tensor;
  readonly secondMoment: Tensor;
};

/**
 * Returns Adam's direction (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε), t = step + 1, and both new moments, in one pass on
 * wasm. For schedules that need the direction before they choose a rate; `sgdStep` then goes along it.
 */
export function adamDirection(tf: Tfjs, input: AdamDirection): AdamDirectionResult {
  const { gradient, firstMoment, secondMoment } = input;
  checkAlike("adamDirection", { gradient, firstMoment, secondMoment });
  if (hasKernel(tf, "TrainingAdam")) {
    const inputs = { gradient, firstMoment, secondMoment };
    const attrs = { ...adamAttrs(input), rate: 0, coupledDecay: 0, decoupledDecay: 0 };
    const [direction, first, second] = runKernel(tf, "TrainingAdam", inputs, attrs);
    return { direction: direction!, firstMoment: first!, secondMoment: second! };
  }
  return tf.tidy(() => composedDirection(tf, input, gradient));
}

export interface AdamStep extends Step, AdamMoments {
  /** λ of decoupled weight decay (AdamW): λ · weight is added to the direction. Default 0. */
  readonly decoupledDecay?: number;
}

/** A type and not an interface, so that it fits `tf.tidy`. */
export type AdamResult = { readonly weight: Tensor; readonly firstMoment: Tensor; readonly secondMoment: Tensor };

/** One step of Adam (arXiv:1412.6980) or, with `decoupledDecay`, of AdamW (arXiv:1711.05101), in one pass on wasm. */
export function adamStep(tf: Tfjs, input: AdamStep): AdamResult {
  const { weight, gradient, firstMoment, secondMoment, rate, coupledDecay = 0, decoupledDecay = 0 } = input;
  checkAlike("adamStep", { weight, gradient, firstMoment, secondMoment });
  if (hasKernel(tf, "TrainingAdam")) {
    const inputs = { weight, gradient, firstMoment, secondMoment };
    const attrs = { ...adamAttrs(input), rate, coupledDecay, decoupledDecay };
    const [next, first, second] = runKernel(tf, "TrainingAdam", inputs, attrs);
    return { weight: next!, firstMoment: first!, secondMoment: second! };
  }
  return tf.tidy(() => {
    const moved = composedDirection(tf, input, decayed(tf, gradient, weight, coupledDecay));
    const direction = decayed(tf, moved.direction, weight, decoupledDecay);
    const next = tf.sub(weight, tf.mul(direction, rate));
    return { weight: next, firstMoment: moved.firstMoment, secondMoment: moved.secondMoment };
  });
}

/** The bias corrections are powers of the step, not running products, so that a resumed run computes the same bits. */
function adamAttrs({ beta1, beta2, epsilon, step }: AdamMoments) {
  return { beta1, beta2, epsilon, first: 1 / (1 - beta1 ** (step + 1)), second: 1 / (1 - beta2 ** (step + 1)) };
}

function composedDirection(tf: Tfjs, input: AdamMoments, gradient: Tensor): AdamDirectionResult {
  const { beta1, beta2, epsilon, first, second } = adamAttrs(input);
  const firstMoment = tf.add(tf.mul(input.firstMoment, beta1), tf.mul(gradient, 1 - beta1));
  const secondMoment = tf.add(tf.mul(input.secondMoment, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const root = tf.add(tf.sqrt(tf.mul(secondMoment, second)), epsilon);
  return { direction: tf.div(tf.mul(firstMoment, first), root), firstMoment, secondMoment };
}

function decayed(tf: Tfjs, gradient: Tensor, weight: Tensor, decay: number): Tensor {
  return decay === 0 ? gradient : tf.add(gradient, tf.mul(weight, decay));
}
