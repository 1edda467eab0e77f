// Rows of a table, by index: the look-up of an embedding and its gradient. The caller has checked the indices.

/** out[i] = table[indices[i]] for n rows of `width` floats (or int32s). */
export function gatherRows(table: usize, indices: usize, out: usize, n: i32, width: i32): void {
  const size = <usize>width << 2;
  for (; n > 0; n--) {
    let from = table + <usize>load<i32>(indices) * size;
    let left = width;
    for (; left >= 4; left -= 4) {
      v128.store(out, v128.load(from));
      from += 16;
      out += 16;
    }
    for (; left > 0; left--) {
      store<f32>(out, load<f32>(from));
      from += 4;
      out += 4;
    }
    indices += 4;
  }
}

/** sums[ids[i]] += rows[i] in the order of i; a negative id drops its row. `sums` starts as zeros. */
export function addRows(rows: usize, ids: usize, sums: usize, n: i32, width: i32): void {
  const size = <usize>width << 2;
  for (; n > 0; n--) {
    const id = load<i32>(ids);
    ids += 4;
    if (id < 0) {
      rows += size;
      continue;
    }
    let to = sums + <usize>id * size;
    let left = width;
    for (; left >= 4; left -= 4) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(rows)));
      to += 16;
      rows += 16;
    }
    for (; left > 0; left--) {
      store<f32>(to, load<f32>(to) + load<f32>(rows));
      to += 4;
      rows += 4;
    }
  }
}

/** Copies `rows` rows of `width` floats (or int32s) that lie `fromStep` apart to places `toStep` apart, in elements. */
export function copyRows(from: usize, to: usize, rows: i32, width: i32, fromStep: i32, toStep: i32): void {
  for (; rows > 0; rows--) {
    let source = from, target = to;
    let left = width;
    for (; left >= 4; left -= 4) {
      v128.store(target, v128.load(source));
      source += 16;
      target += 16;
    }
    for (; left > 0; left--) {
      store<f32>(target, load<f32>(source));
      source += 4;
      target += 4;
    }
    from += <usize>fromStep << 2;
    to += <usize>toStep << 2;
  }
}
