import { columnSums, product } from "../product.ts";
import { kernelStart } from "./dense.ts";
import type { Layer, LayerContext } from "./layer.ts";

interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

const side = 3;

/**
 * 3 × 3 convolution that keeps height and width (zeros outside), He initialisation; images are height × width × channels.
 * A first layer.
 */
export function convolution(context: LayerContext, { height, width, channels }: ImageShape, filters: number): Layer {
  const { capacity } = context;
  const patch = side * side * channels;
  const places = height * width;
  const kernel = kernelStart(context, patch, filters, "he");
  const bias = new Float64Array(filters);
  const patches = new Float64Array(capacity * places * patch);
  const output = new Float64Array(capacity * places * filters);

  /** The pixel that each part of the kernel covers at each place, or −1 outside the image. */
  const covered = Int32Array.from({ length: places * side * side }, (_, at) => {
    const [place, part] = [Math.floor(at / (side * side)), at % (side * side)];
    const y = Math.floor(place / width) + Math.floor(part / side) - 1;
    const x = (place % width) + (part % side) - 1;
    return y < 0 || y >= height || x < 0 || x >= width ? -1 : y * width + x;
  });

  /** Lays the pixels under the kernel at each place side by side; those outside the image stay 0. */
  const cut = (input: Float64Array, rows: number): void => {
    for (let row = 0; row < rows; row++) {
      const image = row * places * channels;
      const to = row * places * patch;
      for (let at = 0; at < covered.length; at++) {
        const pixel = covered[at]!;
        if (pixel < 0) continue;
        for (let c = 0; c < channels; c++) patches[to + at * channels + c] = input[image + pixel * channels + c]!;
      }
    }
  };
  return {
    weights: [kernel, bias],
    width: places * filters,
    forward(input, rows) {
      cut(input, rows);
      product(output, patches, "rows", kernel, "rows", rows * places, patch, filters, bias);
      return output;
    },
    backward(outputGradient, rows, [kernelGradient, biasGradient]) {
      const count = rows * places;
      product(kernelGradient!, patches, "columns", outputGradient, "rows", patch, count, filters);
      columnSums(biasGradient!, outputGradient, count, filters);
      return undefined;
    },
  };
}

/** The largest of each 2 × 2 block; height and width are even. */
export function maxPool(capacity: number, { height, width, channels }: ImageShape): Layer {
  const [outHeight, outWidth] = [height / 2, width / 2];
  const size = outHeight * outWidth * channels;
  const output = new Float64Array(capacity * size);
  const chosen = new Int32Array(capacity * size);
  const inputGradients = new Float64Array(capacity * height * width * channels);
  return {
    weights: [],
    width: size,
    forward(input, rows) {
      let at = 0;
      for (let row = 0; row < rows; row++) {
        for (let y = 0; y < outHeight; y++) {
          for (let x = 0; x < outWidth; x++) {
            const corner = ((row * height + 2 * y) * width + 2 * x) * channels;
            for (let c = 0; c < channels; c++) {
              let best = corner + c;
              const [right, below] = [best + channels, best + width * channels];
              if (input[right]! > input[best]!) best = right;
              if (input[below]! > input[best]!) best = below;
              if (input[below + channels]! > input[best]!) best = below + channels;
              chosen[at] = best;
              output[at++] = input[best]!;
            }
          }
        }
      }
      return output;
    },
    backward(outputGradient, rows) {
      inputGradients.fill(0, 0, rows * height * width * channels);
      // Blocks do not overlap, so each pixel is chosen at most once.
      for (let at = 0; at < rows * size; at++) inputGradients[chosen[at]!] = outputGradient[at]!;
      return inputGradients;
    },
  };
}
