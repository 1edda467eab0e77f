// Gradient of max pooling over [batch, height, width, channels].

/**
 * Adds each dy to the largest input of its window, the first of them in row order when several are equal. `dx` starts as
 * zeros. A window of NaNs routes nothing.
 */
export function maxPoolGrad(
  x: usize, dy: usize, dx: usize,
  batch: i32, height: i32, width: i32, channels: i32, outHeight: i32, outWidth: i32,
  filterHeight: i32, filterWidth: i32, strideHeight: i32, strideWidth: i32, padTop: i32, padLeft: i32,
): void {
  const pixel = <usize>channels << 2;
  const row = <usize>width * pixel;
  for (; batch > 0; batch--) {
    for (let oy = 0; oy < outHeight; oy++) {
      const yStart = max(0, oy * strideHeight - padTop), yEnd = min(height, oy * strideHeight - padTop + filterHeight);
      for (let ox = 0; ox < outWidth; ox++) {
        const xStart = max(0, ox * strideWidth - padLeft), xEnd = min(width, ox * strideWidth - padLeft + filterWidth);
        let c = 0;
        for (; c + 4 <= channels; c += 4) {
          let best = f32x4.splat(-Infinity), at = i32x4.splat(-1);
          for (let y = yStart; y < yEnd; y++) {
            let offset = <usize>y * row + <usize>xStart * pixel + (<usize>c << 2);
            for (let column = xStart; column < xEnd; column++) {
              const value = v128.load(x + offset);
              const larger = f32x4.gt(value, best);
              best = v128.bitselect(value, best, larger);
              at = v128.bitselect(i32x4.splat(<i32>offset), at, larger);
              offset += pixel;
            }
          }
          route(dx, i32x4.extract_lane(at, 0), load<f32>(dy));
          route(dx + 4, i32x4.extract_lane(at, 1), load<f32>(dy, 4));
          route(dx + 8, i32x4.extract_lane(at, 2), load<f32>(dy, 8));
          route(dx + 12, i32x4.extract_lane(at, 3), load<f32>(dy, 12));
          dy += 16;
        }
        for (; c < channels; c++) {
          let best: f32 = -Infinity;
          let at = -1;
          for (let y = yStart; y < yEnd; y++) {
            let offset = <usize>y * row + <usize>xStart * pixel + (<usize>c << 2);
            for (let column = xStart; column < xEnd; column++) {
              const value = load<f32>(x + offset);
              if (value > best) {
                best = value;
                at = <i32>offset;
              }
              offset += pixel;
            }
          }
          route(dx, at, load<f32>(dy));
          dy += 4;
        }
      }
    }
    x += <usize>height * row;
    dx += <usize>height * row;
  }
}

/** Adds to the float at byte `offset` within one image; -1 stands for nowhere. An image stays below 2 GiB. */
@inline
function route(dx: usize, offset: i32, gradient: f32): void {
  if (offset == -1) return;
  const to = dx + <usize>offset;
  store<f32>(to, load<f32>(to) + gradient);
}
