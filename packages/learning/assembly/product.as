// Matrix product in float64, two numbers at a time. AssemblyScript: `npm run build:wasm` compiles it.

/** Bytes of a float64, as a shift. */
const SIZE: usize = 3;

/** Writes the transpose of b[n × inner] to `to`[inner × n]; byte addresses, sizes in elements. */
export function transpose(to: usize, b: usize, n: usize, inner: usize): void {
  const row = n << SIZE;
  for (let j: usize = 0; j < n; j++) {
    let at = to + (j << SIZE);
    for (let p: usize = 0; p < inner; p++) {
      store<f64>(at, load<f64>(b));
      b += 8;
      at += row;
    }
  }
}

/**
 * out[m × n] = bias[n] in every row + a[m × inner] · b[inner × n]. Entry (i, p) of a lies at i · aRow + p · aColumn; b, bias
 * and out are row-major. Byte addresses, sizes and strides in elements. Every sum starts at the bias and goes on in the
 * order of p, so that tiles and rests give the bits that a plain loop gives.
 */
export function product(
  out: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bias: usize,
  m: usize,
  inner: usize,
  n: usize,
): void {
  aRow <<= SIZE;
  aColumn <<= SIZE;
  let i: usize = 0;
  for (; i + 3 < m; i += 4) {
    const from = a + i * aRow;
    const to = out + ((i * n) << SIZE);
    let j: usize = 0;
    for (; j + 3 < n; j += 4) fourByFour(to, from, aRow, aColumn, b, bias, inner, n, j);
    for (; j + 1 < n; j += 2) fourByTwo(to, from, aRow, aColumn, b, bias, inner, n, j);
    for (; j < n; j++) {
      for (let row: usize = 0; row < 4; row++) {
        one(to + ((row * n) << SIZE), from + row * aRow, aColumn, b, bias, inner, n, j);
      }
    }
  }
  for (; i < m; i++) {
    const from = a + i * aRow;
    const to = out + ((i * n) << SIZE);
    let j: usize = 0;
    for (; j + 1 < n; j += 2) pair(to, from, aColumn, b, bias, inner, n, j);
    for (; j < n; j++) one(to, from, aColumn, b, bias, inner, n, j);
  }
}

/** Four rows and four columns of the output, whose sums stay in registers. */
@inline
function fourByFour(
  out: usize,
  x0: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bias: usize,
  inner: usize,
  n: usize,
  j: usize,
): void {
  const row = n << SIZE;
  const column = j << SIZE;
  let x1 = x0 + aRow;
  let x2 = x1 + aRow;
  let x3 = x2 + aRow;
  let q = b + column;
  let c00 = v128.load(bias + column);
  let c01 = v128.load(bias + column, 16);
  let c10 = c00;
  let c11 = c01;
  let c20 = c00;
  let c21 = c01;
  let c30 = c00;
  let c31 = c01;
  for (let p: usize = 0; p < inner; p++) {
    const b0 = v128.load(q);
    const b1 = v128.load(q, 16);
    let x = v128.load_splat<f64>(x0);
    c00 = f64x2.add(c00, f64x2.mul(x, b0));
    c01 = f64x2.add(c01, f64x2.mul(x, b1));
    x = v128.load_splat<f64>(x1);
    c10 = f64x2.add(c10, f64x2.mul(x, b0));
    c11 = f64x2.add(c11, f64x2.mul(x, b1));
    x = v128.load_splat<f64>(x2);
    c20 = f64x2.add(c20, f64x2.mul(x, b0));
    c21 = f64x2.add(c21, f64x2.mul(x, b1));
    x = v128.load_splat<f64>(x3);
    c30 = f64x2.add(c30, f64x2.mul(x, b0));
    c31 = f64x2.add(c31, f64x2.mul(x, b1));
    x0 += aColumn;
    x1 += aColumn;
    x2 += aColumn;
    x3 += aColumn;
    q += row;
  }
  let to = out + column;
  v128.store(to, c00);
  v128.store(to, c01, 16);
  to += row;
  v128.store(to, c10);
  v128.store(to, c11, 16);
  to += row;
  v128.store(to, c20);
  v128.store(to, c21, 16);
  to += row;
  v128.store(to, c30);
  v128.store(to, c31, 16);
}

/** Four rows and two columns. */
@inline
function fourByTwo(
  out: usize,
  x0: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bias: usize,
  inner: usize,
  n: usize,
  j: usize,
): void {
  const row = n << SIZE;
  const column = j << SIZE;
  let x1 = x0 + aRow;
  let x2 = x1 + aRow;
  let x3 = x2 + aRow;
  let q = b + column;
  let c0 = v128.load(bias + column);
  let c1 = c0;
  let c2 = c0;
  let c3 = c0;
  for (let p: usize = 0; p < inner; p++) {
    const value = v128.load(q);
    c0 = f64x2.add(c0, f64x2.mul(v128.load_splat<f64>(x0), value));
    c1 = f64x2.add(c1, f64x2.mul(v128.load_splat<f64>(x1), value));
    c2 = f64x2.add(c2, f64x2.mul(v128.load_splat<f64>(x2), value));
    c3 = f64x2.add(c3, f64x2.mul(v128.load_splat<f64>(x3), value));
    x0 += aColumn;
    x1 += aColumn;
    x2 += aColumn;
    x3 += aColumn;
    q += row;
  }
  let to = out + column;
  v128.store(to, c0);
  to += row;
  v128.store(to, c1);
  to += row;
  v128.store(to, c2);
  to += row;
  v128.store(to, c3);
}

/** One row and two columns. */
@inline
function pair(out: usize, x: usize, aColumn: usize, b: usize, bias: usize, inner: usize, n: usize, j: usize): void {
  const column = j << SIZE;
  let q = b + column;
  let sum = v128.load(bias + column);
  for (let p: usize = 0; p < inner; p++) {
    sum = f64x2.add(sum, f64x2.mul(v128.load_splat<f64>(x), v128.load(q)));
    x += aColumn;
    q += n << SIZE;
  }
  v128.store(out + column, sum);
}

/** One row and one column. */
@inline
function one(out: usize, x: usize, aColumn: usize, b: usize, bias: usize, inner: usize, n: usize, j: usize): void {
  const column = j << SIZE;
  let q = b + column;
  let sum = load<f64>(bias + column);
  for (let p: usize = 0; p < inner; p++) {
    sum += load<f64>(x) * load<f64>(q);
    x += aColumn;
    q += n << SIZE;
  }
  store<f64>(out + column, sum);
}
