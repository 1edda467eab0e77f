// Gradients of depthwise conv2d over [batch, height, width, channels]; each channel has `copies` outputs of its own.

/** ceil(a / b) for b > 0, not below 0. */
@inline
function ceilDiv(a: i32, b: i32): i32 {
  return a <= 0 ? 0 : (a + b - 1) / b;
}

/** The end of the outputs whose tap, `offset` from the output's origin, falls inside an input of `size`. */
@inline
function lastInside(size: i32, offset: i32, stride: i32, outputs: i32): i32 {
  return min(outputs, ceilDiv(size - offset, stride));
}

/** dW[i, j, c, q] = Σ over b, y, x of X · dY. Each image is summed by itself and then added to `dw`, zeros at the start. */
export function depthwiseFilterGrad(
  x: usize, dy: usize, dw: usize,
  batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, copies: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32,
  padTop: i32, padLeft: i32,
): void {
  const outChannels = channels * copies;
  const step = <usize>(strideWidth * channels) << 2, outStep = <usize>outChannels << 2;
  for (; batch > 0; batch--) {
    let to = dw;
    for (let i = 0; i < filterHeight; i++) {
      const down = i * dilationHeight - padTop;
      const yStart = ceilDiv(-down, strideHeight), yEnd = lastInside(height, down, strideHeight, outHeight);
      for (let j = 0; j < filterWidth; j++) {
        const across = j * dilationWidth - padLeft;
        const xStart = ceilDiv(-across, strideWidth), xEnd = lastInside(width, across, strideWidth, outWidth);
        let k = 0;
        while (k < outChannels) {
          const four = copies == 1 && k + 4 <= outChannels;
          let sums = f32x4.splat(0);
          let sum: f32 = 0;
          for (let y = yStart; y < yEnd; y++) {
            const pixel = (y * strideHeight + down) * width + xStart * strideWidth + across;
            let from = x + (<usize>(pixel * channels + k / copies) << 2);
            let gradient = dy + (<usize>((y * outWidth + xStart) * outChannels + k) << 2);
            if (four) {
              for (let column = xStart; column < xEnd; column++) {
                sums = f32x4.add(sums, f32x4.mul(v128.load(from), v128.load(gradient)));
                from += step;
                gradient += outStep;
              }
            } else {
              for (let column = xStart; column < xEnd; column++) {
                sum += load<f32>(from) * load<f32>(gradient);
                from += step;
                gradient += outStep;
              }
            }
          }
          if (four) {
            v128.store(to, f32x4.add(v128.load(to), sums));
            to += 16;
            k += 4;
          } else {
            store<f32>(to, load<f32>(to) + sum);
            to += 4;
            k++;
          }
        }
      }
    }
    x += <usize>(height * width * channels) << 2;
    dy += <usize>(outHeight * outWidth * outChannels) << 2;
  }
}

/** dX[b, y·s + i, x·s + j, c] += Σ over q of W[i, j, c, q] · dY[b, y, x, c, q]; `dx` starts as zeros. */
export function depthwiseInputGrad(
  w: usize, dy: usize, dx: usize,
  batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32, copies: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, dilationHeight: i32, dilationWidth: i32,
  padTop: i32, padLeft: i32,
): void {
  const outChannels = channels * copies;
  for (; batch > 0; batch--) {
    for (let i = 0; i < filterHeight; i++) {
      const down = i * dilationHeight - padTop;
      const yStart = ceilDiv(-down, strideHeight), yEnd = lastInside(height, down, strideHeight, outHeight);
      for (let j = 0; j < filterWidth; j++) {
        const across = j * dilationWidth - padLeft;
        const xStart = ceilDiv(-across, strideWidth), xEnd = lastInside(width, across, strideWidth, outWidth);
        const tap = w + (<usize>((i * filterWidth + j) * outChannels) << 2);
        for (let y = yStart; y < yEnd; y++) {
          const row = (y * strideHeight + down) * width + across;
          let gradient = dy + (<usize>((y * outWidth + xStart) * outChannels) << 2);
          for (let column = xStart; column < xEnd; column++) {
            let to = dx + (<usize>((row + column * strideWidth) * channels) << 2);
            let weight = tap, c = 0;
            if (copies == 1) {
              for (; c + 4 <= channels; c += 4) {
                v128.store(to, f32x4.add(v128.load(to), f32x4.mul(v128.load(weight), v128.load(gradient))));
                to += 16;
                weight += 16;
                gradient += 16;
              }
            }
            for (; c < channels; c++) {
              let sum: f32 = 0;
              for (let q = 0; q < copies; q++) {
                sum += load<f32>(weight) * load<f32>(gradient);
                weight += 4;
                gradient += 4;
              }
              store<f32>(to, load<f32>(to) + sum);
              to += 4;
            }
          }
        }
      }
    }
    dx += <usize>(height * width * channels) << 2;
    dy += <usize>(outHeight * outWidth * outChannels) << 2;
  }
}
