import { activation, type Activation } from "./layers/activation.ts";
import { dense } from "./layers/dense.ts";
import type { GroupedLayer, NetworkProblem } from "./network.ts";

export interface MlpShape {
  readonly inputs: number;
  /** Width of each hidden layer; [] is linear, logistic or softmax regression. */
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: Activation;
  /** Initial weights; zero only makes sense without hidden layers. */
  readonly start?: "random" | "zero";
}

/** Returns the parameter groups of a multi-layer perceptron: one a dense layer. */
export const mlpGroups = ({ hidden }: Pick<MlpShape, "hidden">): string[] => [
  ...hidden.map((_, i) => `hidden-${i + 1}`),
  "output",
];

/** Returns what builds the catalogue's multi-layer perceptron, with its weights for the same seed. */
export function mlp({
  inputs,
  hidden,
  outputs,
  activation: kind,
  start = "random",
}: MlpShape): NetworkProblem["build"] {
  const sizes = [inputs, ...hidden, outputs];
  return (seed, capacity) =>
    mlpGroups({ hidden }).flatMap((group, i): GroupedLayer[] => {
      const initialiser = start === "zero" ? "zero" : kind === "relu" && i < hidden.length ? "he" : "glorot";
      const layer = dense({ capacity, seed, name: group }, sizes[i]!, sizes[i + 1]!, initialiser);
      const between = i < hidden.length ? [{ group, layer: activation(kind, capacity, sizes[i + 1]!) }] : [];
      return [{ group, layer }, ...between];
    });
}
