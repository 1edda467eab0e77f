import { type AdamSettings, adamWith } from "./_adam.ts";
import type { ArrayOptimizer, Arrays } from "./optimizer.ts";

/** u = (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε) of the gradient with coupled weight decay. */
export const adam = (params: AdamSettings & { readonly weightDecay: number }, arrays: Arrays): ArrayOptimizer =>
  adamWith(params, { coupled: params.weightDecay, decoupled: 0 }, arrays);
