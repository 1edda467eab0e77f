import { columnSums, product, rowMajor, transposed } from "../product.ts";
import { kernelStart } from "./dense.ts";
import type { Layer, LayerContext } from "./layer.ts";

interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

const side = 3;

/** 3 × 3 convolution that keeps height and width (zeros outside), He initialisation; images are height × width × channels. */
export function convolution(context: LayerContext, { height, width, channels }: ImageShape, filters: number): Layer {
  const { capacity } = context;
  const patch = side * side * channels;
  const places = height * width;
  const kernel = kernelStart(context, patch, filters, "he");
  const bias = new Float64Array(filters);
  const patches = new Float64Array(capacity * places * patch);
  const output = new Float64Array(capacity * places * filters);
  const byPatch = rowMajor(patch);
  const byFilters = rowMajor(filters);
  let patchGradients: Float64Array | undefined;
  let inputGradients: Float64Array | undefined;

  /** Calls back with the place in the image and the place in the patches of every pixel that a kernel covers. */
  const each = (rows: number, visit: (image: number, at: number) => void): void => {
    for (let row = 0; row < rows; row++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const to = (row * places + y * width + x) * patch;
          for (let ky = 0; ky < side; ky++) {
            const iy = y + ky - 1;
            if (iy < 0 || iy >= height) continue;
            for (let kx = 0; kx < side; kx++) {
              const ix = x + kx - 1;
              if (ix < 0 || ix >= width) continue;
              const from = ((row * height + iy) * width + ix) * channels;
              const at = to + (ky * side + kx) * channels;
              for (let c = 0; c < channels; c++) visit(from + c, at + c);
            }
          }
        }
      }
    }
  };
  return {
    weights: [kernel, bias],
    width: places * filters,
    forward(input, rows) {
      each(rows, (image, at) => (patches[at] = input[image]!));
      product(output, patches, byPatch, kernel, byFilters, rows * places, patch, filters, bias);
      return output;
    },
    backward(outputGradient, rows, [kernelGradient, biasGradient], first) {
      const count = rows * places;
      product(kernelGradient!, patches, transposed(patch), outputGradient, byFilters, patch, count, filters);
      columnSums(biasGradient!, outputGradient, count, filters);
      if (first) return undefined;
      patchGradients ??= new Float64Array(patches.length);
      inputGradients ??= new Float64Array(capacity * places * channels);
      product(patchGradients, outputGradient, byFilters, kernel, transposed(filters), count, filters, patch);
      const [gradients, pulled] = [inputGradients, patchGradients];
      gradients.fill(0, 0, rows * places * channels);
      each(rows, (image, at) => (gradients[image] = gradients[image]! + pulled[at]!));
      return gradients;
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
