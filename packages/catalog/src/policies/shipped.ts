/** The policies that ship with the product; packages/learning/src/policy/ship-policy.node.ts trains and writes them. */
import type { PolicyWeights } from "../policy.ts";
import { defaultDeep } from "./default-deep.gen.ts";
import { defaultNmf } from "./default-nmf.gen.ts";

export const shippedPolicies: Readonly<Record<string, PolicyWeights>> = {
  "default-deep": defaultDeep,
  "default-nmf": defaultNmf,
};
