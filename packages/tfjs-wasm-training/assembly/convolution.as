// conv2d and its gradients over [batch, height, width, channels].
import { addTile, copyTile, fourWindows, oneWindow } from "./tiles";

/**
 * Y[b, y, x, k] = Σ over i, (j, c) of X[b, y·sh + i, x·sw + j, c] · W[i, j, c, k], with X already padded: a product whose
 * rows are the windows of X, read in place.
 *
 * @param panels W in panels of eight output channels, `[ceil(K / 8)][fh·fw·C][8]`.
 * @param tile Room for 32 floats.
 */
export function convolve(
  x: usize, panels: usize, y: usize,
  batch: i32, paddedHeight: i32, paddedWidth: i32, channels: i32, outHeight: i32, outWidth: i32, outChannels: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, tile: usize,
): void {
  const length = filterWidth * channels;
  const xRow = <usize>(paddedWidth * channels) << 2, row = <usize>(strideWidth * channels) << 2;
  const cRow = <usize>outChannels << 2;
  const panelSize = <usize>(filterHeight * length) << 5;
  for (let b = 0; b < batch; b++) {
    for (let line = 0; line < outHeight; line++) {
      const first = x + <usize>(line * strideHeight) * xRow;
      let panel = panels;
      for (let k = 0; k < outChannels; k += 8) {
        const width = min(8, outChannels - k);
        const narrow = width < 8;
        let from = first, to = y + (<usize>k << 2), left = outWidth;
        for (; left >= 4; left -= 4) {
          fourWindows(from, row, panel, narrow ? tile : to, filterHeight, xRow, length, 4, narrow ? 32 : cRow);
          if (narrow) copyTile(tile, to, 4, width, cRow);
          from += row << 2;
          to += cRow << 2;
        }
        for (; left > 0; left--) {
          oneWindow(from, panel, narrow ? tile : to, filterHeight, xRow, length, 4);
          if (narrow) copyTile(tile, to, 1, width, cRow);
          from += row;
          to += cRow;
        }
        panel += panelSize;
      }
      y += <usize>outWidth * cRow;
    }
    x += <usize>paddedHeight * xRow;
  }
}

/**
 * dW[i, (j, c), k] = Σ over b, y, x of X[b, y·sh + i, x·sw + j, c] · dY[b, y, x, k], with X already padded.
 *
 * For one filter row i, taps and channels (j, c) lie side by side in a row of X. So dW[i] is a product of a
 * [fw·C, B·OH·OW] matrix, read in place with overlapping rows, and dY. Each image is summed by itself and then added,
 * which keeps the rounding of long sums small.
 *
 * @param panels dY in panels of eight output channels, `[ceil(K / 8)][B·OH·OW][8]`.
 * @param dw `[fh][fw·C][K]`, zeros at the start.
 * @param padded Height and width of the padded X.
 * @param tile Room for 32 floats.
 */
export function convFilterGrad(
  x: usize, panels: usize, dw: usize,
  batch: i32, paddedHeight: i32, paddedWidth: i32, channels: i32, outHeight: i32, outWidth: i32, outChannels: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, tile: usize,
): void {
  const taps = filterWidth * channels;
  const xRow = <usize>(paddedWidth * channels) << 2;
  const column = <usize>(strideWidth * channels) << 2;
  const cRow = <usize>outChannels << 2, run = <usize>strideHeight * xRow;
  let panel = panels;
  for (let k = 0; k < outChannels; k += 8) {
    const width = min(8, outChannels - k);
    for (let b = 0; b < batch; b++) {
      const image = x + <usize>b * <usize>paddedHeight * xRow;
      for (let i = 0; i < filterHeight; i++) {
        const first = image + <usize>i * xRow;
        let to = dw + ((<usize>(i * taps * outChannels + k)) << 2);
        let tap = 0;
        for (; tap + 4 <= taps; tap += 4) {
          fourWindows(first + (<usize>tap << 2), 4, panel, tile, outHeight, run, outWidth, column, 32);
          addTile(tile, to, 4, width, cRow);
          to += cRow << 2;
        }
        for (; tap < taps; tap++) {
          oneWindow(first + (<usize>tap << 2), panel, tile, outHeight, run, outWidth, column);
          addTile(tile, to, 1, width, cRow);
          to += cRow;
        }
      }
      panel += <usize>(outHeight * outWidth) << 5;
    }
  }
}

/**
 * Copies `[batch, height, width, channels]` into zeros of `[batch, outHeight, outWidth, channels]`, pixel (y, x) to
 * (y·sh + top, x·sw + left). Pixels that fall outside are left out, so a negative offset crops.
 */
export function spreadPixels(
  from: usize, to: usize, batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  strideHeight: i32, strideWidth: i32, top: i32, left: i32,
): void {
  const pixel = <usize>channels << 2;
  for (; batch > 0; batch--) {
    for (let y = 0; y < height; y++) {
      const row = y * strideHeight + top;
      if (row < 0 || row >= outHeight) continue;
      const source = from + <usize>(y * width) * pixel;
      const target = to + <usize>(row * outWidth) * pixel;
      if (strideWidth == 1) {
        const start = max(0, -left), end = min(width, outWidth - left);
        if (end > start) {
          memory.copy(target + <usize>(start + left) * pixel, source + <usize>start * pixel, <usize>(end - start) * pixel);
        }
        continue;
      }
      for (let x = 0; x < width; x++) {
        const at = x * strideWidth + left;
        if (at >= 0 && at < outWidth) memory.copy(target + <usize>at * pixel, source + <usize>x * pixel, pixel);
      }
    }
    from += <usize>(height * width) * pixel;
    to += <usize>(outHeight * outWidth) * pixel;
  }
}
