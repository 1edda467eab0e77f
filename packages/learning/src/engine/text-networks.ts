import { activation, type Activation } from "./layers/activation.ts";
import { attention } from "./layers/attention.ts";
import { perToken, residual } from "./layers/compose.ts";
import { dense } from "./layers/dense.ts";
import { embeddingPool, tokenEmbedding } from "./layers/embedding.ts";
import { layerNorm } from "./layers/layer-norm.ts";
import type { GroupedLayer, NetworkProblem } from "./network.ts";

interface TransformerShape {
  readonly vocabulary: number;
  readonly length: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
}

/** Returns the parameter groups of a transformer: tables, blocks, output. */
export const transformerGroups = ({ blocks }: Pick<TransformerShape, "blocks">): string[] => [
  "embedding",
  ...Array.from({ length: blocks }, (_, i) => `block-${i + 1}`),
  "output",
];

/** Returns what builds a pre-norm transformer that predicts each next token from those before it. */
export function transformer(shape: TransformerShape): NetworkProblem["build"] {
  const { vocabulary, length, width, heads } = shape;
  return (seed, capacity) => {
    const tokens = capacity * length;
    const block = (group: string): GroupedLayer[] => {
      const linear = (name: string, from: number, to: number) =>
        perToken(dense({ capacity: tokens, seed, name: `${group}/${name}` }, from, to, "glorot"), length);
      const norm = perToken(layerNorm(tokens, width), length);
      const mixing = [
        norm,
        linear("query-key-value", width, 3 * width),
        attention(capacity, { length, width, heads }),
        linear("projection", width, width),
      ];
      const thinking = [
        perToken(layerNorm(tokens, width), length),
        linear("up", width, 4 * width),
        perToken(activation("gelu", tokens, 4 * width), length),
        linear("down", 4 * width, width),
      ];
      return [mixing, thinking].map((layers) => ({ group, layer: residual(capacity, layers) }));
    };
    const [embedding, ...rest] = transformerGroups(shape);
    const output = rest.at(-1)!;
    return [
      {
        group: embedding!,
        layer: tokenEmbedding({ capacity, seed, name: embedding! }, { vocabulary, length, width }),
      },
      ...rest.slice(0, -1).flatMap(block),
      { group: output, layer: perToken(layerNorm(tokens, width), length) },
      {
        group: output,
        layer: perToken(dense({ capacity: tokens, seed, name: output }, width, vocabulary, "glorot"), length),
      },
    ];
  };
}

interface PoolShape {
  readonly vocabulary: number;
  readonly length: number;
  readonly width: number;
  readonly hidden: readonly number[];
  readonly outputs: number;
  readonly activation: Activation;
}

/** Returns the parameter groups of an embedding pool: the table and every dense layer. */
export const poolGroups = ({ hidden }: Pick<PoolShape, "hidden">): string[] => [
  "embedding",
  ...hidden.map((_, i) => `hidden-${i + 1}`),
  "output",
];

/** Returns what builds a classifier of the mean of a text's word vectors, or of a window's vectors side by side. */
export function embeddingNetwork(
  { vocabulary, length, width, hidden, outputs, activation: kind }: PoolShape,
  read: "mean" | "side-by-side",
): NetworkProblem["build"] {
  const first = read === "mean" ? embeddingPool : tokenEmbedding;
  const sizes = [read === "mean" ? width : length * width, ...hidden, outputs];
  return (seed, capacity) => {
    const [embedding, ...layers] = poolGroups({ hidden });
    return [
      { group: embedding!, layer: first({ capacity, seed, name: embedding! }, { vocabulary, length, width }) },
      ...layers.flatMap((group, i): GroupedLayer[] => {
        const inner = i < hidden.length;
        const initialiser = inner && kind === "relu" ? "he" : "glorot";
        const layer = dense({ capacity, seed, name: group }, sizes[i]!, sizes[i + 1]!, initialiser);
        return [{ group, layer }, ...(inner ? [{ group, layer: activation(kind, capacity, sizes[i + 1]!) }] : [])];
      }),
    ];
  };
}
