// Operations of the fake addon, by TensorFlow's names: from inputs and attributes to a tensor.
const TF_BOOL = 10;
const arrays = { 1: Float32Array, 3: Int32Array, 9: Int32Array, 10: Uint8Array };
const sizeOf = (shape) => shape.reduce((size, length) => size * length, 1);
const tensor = (shape, dtype, values) => ({ shape: [...shape], dtype, values: arrays[dtype].from(values) });
const stridesOf = (shape) => shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));

/** Calls back with the multi-index of every element of a shape, last axis fastest. */
function forEachIndex(shape, visit) {
  const index = shape.map(() => 0);
  for (let at = 0, size = sizeOf(shape); at < size; at++) {
    visit(index, at);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
}

function broadcast(a, b) {
  const rank = Math.max(a.length, b.length);
  const at = (shape, axis) => shape[axis - rank + shape.length] ?? 1;
  return Array.from(
    { length: rank },
    (_, axis) => Math.max(at(a, axis), at(b, axis)) * Math.min(1, at(a, axis), at(b, axis)),
  );
}

/** Reads a tensor as if it had the wider shape. */
function reader({ shape, values }, wide) {
  const strides = stridesOf(shape);
  const skip = wide.length - shape.length;
  return (index) =>
    values[strides.reduce((sum, stride, axis) => sum + (shape[axis] === 1 ? 0 : stride * index[axis + skip]), 0)];
}

const binary =
  (compute, dtype) =>
  ([a, b]) => {
    const shape = broadcast(a.shape, b.shape);
    const [left, right] = [reader(a, shape), reader(b, shape)];
    const values = [];
    forEachIndex(shape, (index) => values.push(compute(left(index), right(index))));
    return tensor(shape, dtype ?? a.dtype, values);
  };
const unary =
  (compute) =>
  ([a]) =>
    tensor(a.shape, a.dtype, a.values.map(compute));
const filled =
  (value) =>
  ([a]) =>
    tensor(
      a.shape,
      a.dtype,
      a.values.map(() => value),
    );

const reduction =
  (start, join, finish = (value) => value) =>
  ([a, axes], { keep_dims }) => {
    const gone = new Set([...axes.values].map((axis) => (axis + a.shape.length) % a.shape.length));
    const kept = a.shape.map((length, axis) => (gone.has(axis) ? 1 : length));
    const strides = stridesOf(kept);
    const values = Array.from({ length: sizeOf(kept) }, () => start);
    forEachIndex(a.shape, (index, at) => {
      const to = strides.reduce((sum, stride, axis) => sum + (gone.has(axis) ? 0 : stride * index[axis]), 0);
      values[to] = join(values[to], a.values[at]);
    });
    const count = sizeOf(a.shape) / sizeOf(kept);
    const shape = keep_dims ? kept : a.shape.filter((_, axis) => !gone.has(axis));
    return tensor(
      shape,
      a.dtype,
      values.map((value) => finish(value, count)),
    );
  };

function matMul([a, b], { adj_x, adj_y }) {
  const [batch, [ar, ac], [br, bc]] = [a.shape.slice(0, -2), a.shape.slice(-2), b.shape.slice(-2)];
  const [m, k, n] = [adj_x ? ac : ar, adj_x ? ar : ac, adj_y ? br : bc];
  const values = new Float32Array(sizeOf(batch) * m * n);
  forEachIndex([sizeOf(batch), m, n], ([item, i, j], at) => {
    let sum = 0;
    for (let l = 0; l < k; l++) {
      sum +=
        a.values[item * m * k + (adj_x ? l * m + i : i * k + l)] *
        b.values[item * k * n + (adj_y ? j * k + l : l * n + j)];
    }
    values[at] = sum;
  });
  return tensor([...batch, m, n], 1, values);
}

/** Picks element index + begin of every axis. */
function slice([a, begin, size]) {
  const shape = [...size.values].map((length, axis) => (length < 0 ? a.shape[axis] - begin.values[axis] : length));
  const strides = stridesOf(a.shape);
  const values = [];
  forEachIndex(shape, (index) =>
    values.push(a.values[index.reduce((sum, i, axis) => sum + strides[axis] * (i + begin.values[axis]), 0)]),
  );
  return tensor(shape, a.dtype, values);
}

function transpose([a, order]) {
  const shape = [...order.values].map((axis) => a.shape[axis]);
  const strides = stridesOf(a.shape);
  const values = [];
  forEachIndex(shape, (index) =>
    values.push(a.values[index.reduce((sum, i, axis) => sum + strides[order.values[axis]] * i, 0)]),
  );
  return tensor(shape, a.dtype, values);
}

function softmax([a]) {
  const width = a.shape.at(-1);
  const values = new Float32Array(a.values.length);
  for (let from = 0; from < values.length; from += width) {
    const row = a.values.subarray(from, from + width);
    const top = Math.max(...row);
    const total = row.reduce((sum, value) => sum + Math.exp(value - top), 0);
    row.forEach((value, i) => (values[from + i] = Math.exp(value - top) / total));
  }
  return tensor(a.shape, a.dtype, values);
}

function oneHot([ids, depth, on, off], { T }) {
  const shape = [...ids.shape, depth.values[0]];
  const values = [...ids.values].flatMap((id) =>
    Array.from({ length: shape.at(-1) }, (_, i) => (i === id ? on : off).values[0]),
  );
  return tensor(shape, T, values);
}

/** Calls back with every pixel that every window meets: batch, output row and column, position in the window, pixel. */
function forEachPixel({ image, window, strides, padding, out }, visit) {
  const before = [0, 1].map((axis) =>
    padding === "SAME" ? Math.max(0, (out[axis] - 1) * strides[axis + 1] + window[axis] - image[axis + 1]) >> 1 : 0,
  );
  forEachIndex([image[0], ...out, ...window], ([item, oy, ox, wy, wx]) => {
    const y = oy * strides[1] + wy - before[0];
    const x = ox * strides[2] + wx - before[1];
    if (y < 0 || x < 0 || y >= image[1] || x >= image[2]) return;
    visit((item * out[0] + oy) * out[1] + ox, wy * window[1] + wx, (item * image[1] + y) * image[2] + x);
  });
}

function geometry(image, window, { strides, padding }) {
  const length = (axis) =>
    padding === "SAME"
      ? Math.ceil(image[axis] / strides[axis])
      : Math.floor((image[axis] - window[axis - 1]) / strides[axis]) + 1;
  return { image, window, strides, padding, out: [length(1), length(2)] };
}

/** Adds up one of image, kernel and output from the products of the other two. */
function convolve(which, shapes, given, attrs) {
  const [, , channels, filters] = shapes.kernel;
  const place = geometry(shapes.image, shapes.kernel.slice(0, 2), attrs);
  const shape = which === "output" ? [shapes.image[0], ...place.out, filters] : shapes[which];
  const parts = { ...given, [which]: new Float32Array(sizeOf(shape)) };
  const step = { image: "kernel output", kernel: "image output", output: "image kernel" }[which].split(" ");
  forEachPixel(place, (out, window, pixel) => {
    for (let c = 0; c < channels; c++) {
      for (let f = 0; f < filters; f++) {
        const at = {
          image: pixel * channels + c,
          kernel: (window * channels + c) * filters + f,
          output: out * filters + f,
        };
        parts[which][at[which]] += parts[step[0]][at[step[0]]] * parts[step[1]][at[step[1]]];
      }
    }
  });
  return tensor(shape, 1, parts[which]);
}

/** Maxima over windows, and for each the position of the first pixel that has it. */
function maxima({ shape, values }, { ksize, ...attrs }) {
  const place = geometry(shape, ksize.slice(1, 3), attrs);
  const channels = shape[3];
  const found = [shape[0], ...place.out, channels];
  const [top, from] = [new Float32Array(sizeOf(found)).fill(-Infinity), new Int32Array(sizeOf(found))];
  forEachPixel(place, (out, _, pixel) => {
    for (let c = 0; c < channels; c++) {
      const at = out * channels + c;
      if (!(values[pixel * channels + c] > top[at])) continue;
      top[at] = values[pixel * channels + c];
      from[at] = pixel * channels + c;
    }
  });
  return { shape: found, top, from };
}

function maxPoolGrad([image, , gradient], attrs) {
  const values = new Float32Array(image.values.length);
  maxima(image, attrs).from.forEach((at, i) => (values[at] += gradient.values[i]));
  return tensor(image.shape, 1, values);
}

function gather([table, ids]) {
  const width = sizeOf(table.shape.slice(1));
  const rows = [...ids.values].flatMap((id) => [...table.values.subarray(id * width, (id + 1) * width)]);
  return tensor([...ids.shape, ...table.shape.slice(1)], table.dtype, rows);
}

function segmentSum([rows, ids, count]) {
  const width = sizeOf(rows.shape.slice(ids.shape.length));
  const values = new Float32Array(count.values[0] * width);
  rows.values.forEach((value, at) => (values[ids.values[Math.floor(at / width)] * width + (at % width)] += value));
  return tensor([count.values[0], ...rows.shape.slice(ids.shape.length)], 1, values);
}

module.exports.operations = {
  Abs: unary(Math.abs),
  Add: binary((a, b) => a + b),
  AddV2: binary((a, b) => a + b),
  Cast: ([a], { DstT }) => tensor(a.shape, DstT, a.values),
  Conv2D: ([image, kernel], attrs) =>
    convolve(
      "output",
      { image: image.shape, kernel: kernel.shape },
      { image: image.values, kernel: kernel.values },
      attrs,
    ),
  Conv2DBackpropFilter: ([image, size, output], attrs) =>
    convolve(
      "kernel",
      { image: image.shape, kernel: [...size.values] },
      { image: image.values, output: output.values },
      attrs,
    ),
  Conv2DBackpropInput: ([size, kernel, output], attrs) =>
    convolve(
      "image",
      { image: [...size.values], kernel: kernel.shape },
      { kernel: kernel.values, output: output.values },
      attrs,
    ),
  Exp: unary(Math.exp),
  Fill: ([shape, value]) =>
    tensor(
      shape.values,
      value.dtype,
      Array.from({ length: sizeOf([...shape.values]) }, () => value.values[0]),
    ),
  GatherV2: gather,
  Greater: binary((a, b) => (a > b ? 1 : 0), TF_BOOL),
  IsNan: ([a]) => tensor(a.shape, TF_BOOL, a.values.map(Number.isNaN)),
  Log: unary(Math.log),
  BatchMatMulV2: matMul,
  Max: reduction(-Infinity, Math.max),
  Maximum: binary(Math.max),
  MaxPool: ([image], attrs) => {
    const { shape, top } = maxima(image, attrs);
    return tensor(shape, 1, top);
  },
  MaxPoolGrad: maxPoolGrad,
  Mean: reduction(
    0,
    (sum, value) => sum + value,
    (sum, count) => sum / count,
  ),
  Mul: binary((a, b) => a * b),
  Neg: unary((value) => -value),
  OneHot: oneHot,
  OnesLike: filled(1),
  RealDiv: binary((a, b) => a / b),
  Relu: unary((value) => Math.max(0, value)),
  // Scalars only: that is all that is stacked.
  Pack: (inputs) =>
    tensor(
      [inputs.length],
      inputs[0].dtype,
      inputs.flatMap(({ values }) => [...values]),
    ),
  Reshape: ([a, shape]) => tensor(shape.values, a.dtype, a.values),
  Select: ([condition, yes, no]) =>
    tensor(
      yes.shape,
      yes.dtype,
      yes.values.map((value, at) => (condition.values[at] ? value : no.values[at])),
    ),
  Slice: slice,
  Softmax: softmax,
  Sqrt: unary(Math.sqrt),
  Square: unary((value) => value * value),
  SquaredDifference: binary((a, b) => (a - b) ** 2),
  Sub: binary((a, b) => a - b),
  Sum: reduction(0, (sum, value) => sum + value),
  Tile: ([a, repeats]) => {
    const shape = a.shape.map((length, axis) => length * repeats.values[axis]);
    const strides = stridesOf(a.shape);
    const values = [];
    forEachIndex(shape, (index) =>
      values.push(a.values[index.reduce((sum, i, axis) => sum + strides[axis] * (i % a.shape[axis]), 0)]),
    );
    return tensor(shape, a.dtype, values);
  },
  Transpose: transpose,
  UnsortedSegmentSum: segmentSum,
  ZerosLike: filled(0),
};

module.exports.tensor = tensor;
