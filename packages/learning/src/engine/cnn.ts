import { activation } from "./layers/activation.ts";
import { convolution, maxPool } from "./layers/convolution.ts";
import { dense } from "./layers/dense.ts";
import type { GroupedLayer, NetworkProblem } from "./network.ts";

interface CnnShape {
  /** Height and width of the images; even. */
  readonly side: number;
  readonly filters: number;
  readonly outputs: number;
}

/** The parameter groups of the convolutional network. */
export const cnnGroups: readonly string[] = ["block-1", "output"];

/** Returns what builds the catalogue's convolutional network with one block: 3 × 3 convolution, relu, 2 × 2 pooling, dense. */
export function cnn({ side, filters, outputs }: CnnShape): NetworkProblem["build"] {
  const image = { height: side, width: side, channels: 1 };
  const places = side * side;
  return (seed, capacity): GroupedLayer[] => [
    { group: "block-1", layer: convolution({ capacity, seed, name: "block-1" }, image, filters) },
    { group: "block-1", layer: activation("relu", capacity, places * filters) },
    { group: "block-1", layer: maxPool(capacity, { ...image, channels: filters }) },
    { group: "output", layer: dense({ capacity, seed, name: "output" }, (places / 4) * filters, outputs, "glorot") },
  ];
}
