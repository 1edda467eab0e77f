import { type AdamSettings, adamWith } from "./_adam.ts";
import type { ArrayOptimizer, Arrays } from "./optimizer.ts";

/** u = Adam's direction of the plain gradient + λw. */
export const adamw = (params: AdamSettings & { readonly weightDecay: number }, arrays: Arrays): ArrayOptimizer =>
  adamWith(params, { coupled: 0, decoupled: params.weightDecay }, arrays);
