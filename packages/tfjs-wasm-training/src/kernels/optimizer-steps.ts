import type { TensorInfo } from "@tensorflow/tfjs-core";
import { addressOf, sizeOf } from "../heap.ts";
import { sideModule } from "../side-module.ts";
import { defineKernel } from "../types.ts";
import { checkFloats } from "./check-floats.ts";

interface Update {
  readonly weight: TensorInfo;
  readonly gradient: TensorInfo;
}

interface UpdateAttrs {
  readonly rate: number;
  readonly coupledDecay: number;
}

/** weight − rate · (gradient + decay · weight) as a new tensor. */
export const descend = defineKernel<Update, UpdateAttrs>(
  "TrainingDescend",
  () =>
    ({ inputs: { weight, gradient }, attrs: { rate, coupledDecay }, backend }) => {
      checkFloats("TrainingDescend", sizeOf(weight.shape), { weight, gradient });
      const next = backend.makeOutput(weight.shape, "float32");
      const [w, g, to] = [weight, gradient, next].map((tensor) => addressOf(backend, tensor));
      sideModule(backend).descend(w!, g!, to!, sizeOf(weight.shape), rate, coupledDecay);
      return next;
    },
);

type MomentumInputs = Update & { readonly velocity: TensorInfo };
type MomentumAttrs = UpdateAttrs & { readonly momentum: number; readonly nesterov: boolean };

/** Outputs: weight, velocity. */
export const momentum = defineKernel<MomentumInputs, MomentumAttrs>(
  "TrainingMomentum",
  () =>
    ({ inputs: { weight, gradient, velocity }, attrs, backend }) => {
      checkFloats("TrainingMomentum", sizeOf(weight.shape), { weight, gradient, velocity });
      const outputs = [weight, weight].map(({ shape }) => backend.makeOutput(shape, "float32"));
      const addresses = [weight, gradient, velocity, ...outputs].map((tensor) => addressOf(backend, tensor));
      const settings = [attrs.rate, attrs.momentum, attrs.coupledDecay, attrs.nesterov ? 1 : 0];
      sideModule(backend).momentum(...addresses, sizeOf(weight.shape), ...settings);
      return outputs;
    },
);

interface AdamInputs {
  /** Absent where only the direction is wanted. */
  readonly weight?: TensorInfo;
  readonly gradient: TensorInfo;
  readonly firstMoment: TensorInfo;
  readonly secondMoment: TensorInfo;
}

interface AdamAttrs extends UpdateAttrs {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** The bias corrections, as factors. */
  readonly first: number;
  readonly second: number;
  readonly decoupledDecay: number;
}

/** Outputs: weight (or, without one, the direction), first moment, second moment. */
export const adam = defineKernel<AdamInputs, AdamAttrs>("TrainingAdam", () => ({ inputs, attrs, backend }) => {
  const { weight, gradient, firstMoment, secondMoment } = inputs;
  const { rate, beta1, beta2, epsilon, first, second, coupledDecay, decoupledDecay } = attrs;
  const moments = { gradient, firstMoment, secondMoment };
  checkFloats("TrainingAdam", sizeOf(gradient.shape), weight ? { weight, ...moments } : moments);
  const outputs = [gradient, gradient, gradient].map(({ shape }) => backend.makeOutput(shape, "float32"));
  const [result, nextFirst, nextSecond] = outputs.map((tensor) => addressOf(backend, tensor));
  const [g, m, v] = [gradient, firstMoment, secondMoment].map((tensor) => addressOf(backend, tensor));
  const w = weight ? addressOf(backend, weight) : 0;
  const targets = [weight ? result! : 0, nextFirst!, nextSecond!, weight ? 0 : result!];
  const betas = [beta1, 1 - beta1, beta2, 1 - beta2];
  const settings = [rate, ...betas, first, second, epsilon, coupledDecay, decoupledDecay];
  sideModule(backend).adam(w, g!, m!, v!, ...targets, sizeOf(gradient.shape), ...settings);
  return outputs;
});
