import * as tf from "@tensorflow/tfjs-core";

/** One operation whose gradients are compared: the shapes of its float inputs, and the operation. */
export interface GradientCase {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly op: (...inputs: tf.Tensor[]) => tf.Tensor;
  /** Where random inputs would meet a kink or a pole, a map of the values to where they do not. */
  readonly domain?: (value: number) => number;
}

type Case = [name: string, shapes: number[][], op: (...inputs: tf.Tensor[]) => tf.Tensor];

const matMulSizes = [
  [1, 1, 1],
  [5, 7, 3],
  [4, 8, 8],
  [17, 33, 9],
  [64, 16, 24],
  [3, 130, 10],
] as const;

const transposes = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

/** Products of every transposition and size class: below, at and between the tiles of 4 rows and 8 columns. */
const matMuls: Case[] = transposes.flatMap(([ta, tb]) =>
  matMulSizes.flatMap(([m, k, n]): Case[] => {
    const a = ta ? [k, m] : [m, k];
    const b = tb ? [n, k] : [k, n];
    const label = `matMul ${m}x${k}x${n}${ta ? " aT" : ""}${tb ? " bT" : ""}`;
    const op = (x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, ta, tb);
    return [
      [label, [a, b], op],
      [
        `batched ${label}`,
        [
          [3, ...a],
          [3, ...b],
        ],
        op,
      ],
    ];
  }),
);

const strides = [1, 2, 3] as const;
const pads = ["valid", "same"] as const;

const convolutions: Case[] = strides.flatMap((stride) =>
  pads.flatMap((pad): Case[] => {
    const label = `stride ${stride} ${pad}`;
    const conv = (x: tf.Tensor, w: tf.Tensor) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
    const depthwise = (x: tf.Tensor, w: tf.Tensor) =>
      tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad);
    return [
      [
        `conv2d 3x3 on 9x9 ${label}`,
        [
          [2, 9, 9, 3],
          [3, 3, 3, 4],
        ],
        conv,
      ],
      [
        `conv2d 5x3 on 8x11 ${label}`,
        [
          [3, 8, 11, 2],
          [5, 3, 2, 5],
        ],
        conv,
      ],
      [
        `conv2d 1x1 on 7x6 ${label}`,
        [
          [2, 7, 6, 3],
          [1, 1, 3, 2],
        ],
        conv,
      ],
      [
        `conv2d 4x4 on 10x10 ${label}`,
        [
          [1, 10, 10, 1],
          [4, 4, 1, 3],
        ],
        conv,
      ],
      [
        `depthwise 3x3 on 9x8 ${label}`,
        [
          [2, 9, 8, 3],
          [3, 3, 3, 1],
        ],
        depthwise,
      ],
      [
        `depthwise 2x3, two copies, on 7x7 ${label}`,
        [
          [2, 7, 7, 2],
          [2, 3, 2, 2],
        ],
        depthwise,
      ],
      [`max pool 2x2 on 7x7 ${label}`, [[2, 7, 7, 3]], (x) => tf.maxPool(x as tf.Tensor4D, 2, stride, pad)],
      [
        `depthwise 3x3, six channels ${label}`,
        [
          [2, 8, 7, 6],
          [3, 3, 6, 1],
        ],
        depthwise,
      ],
      [`max pool 3x3, seven channels ${label}`, [[2, 7, 6, 7]], (x) => tf.maxPool(x as tf.Tensor4D, 3, stride, pad)],
      [`max pool 3x3 on 8x9 ${label}`, [[2, 8, 9, 2]], (x) => tf.maxPool(x as tf.Tensor4D, 3, stride, pad)],
      // Padded average pooling has a wrong gradient at the edges upstream, on cpu as on wasm, so it is not offered.
      [`avg pool 3x3 on 9x8 stride ${stride}`, [[2, 9, 8, 2]], (x) => tf.avgPool(x as tf.Tensor4D, 3, stride, "valid")],
    ];
  }),
);

const explicitPads: Case[] = [
  [
    "conv2d pad 1 floor",
    [
      [2, 8, 7, 2],
      [3, 3, 2, 3],
    ],
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 1, "NHWC", 1, "floor"),
  ],
  [
    "conv2d pad wider than the filter",
    [
      [1, 6, 6, 2],
      [2, 2, 2, 3],
    ],
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 2),
  ],
  [
    "conv2dTranspose",
    [
      [2, 4, 5, 3],
      [3, 3, 2, 3],
    ],
    (x, w) => tf.conv2dTranspose(x as tf.Tensor4D, w as tf.Tensor4D, [2, 8, 10, 2], 2, "same"),
  ],
  [
    "separableConv2d",
    [
      [2, 7, 7, 3],
      [3, 3, 3, 2],
      [1, 1, 6, 4],
    ],
    (x, d, p) => tf.separableConv2d(x as tf.Tensor4D, d as tf.Tensor4D, p as tf.Tensor4D, 1, "same"),
  ],
];

const ids = [3, 0, 3, 6, 1, 1, 5, 0];

const lookups: Case[] = [
  ["gather rows", [[7, 5]], (x) => tf.gather(x, tf.tensor1d(ids, "int32"))],
  ["gather rows by a matrix of ids", [[7, 5]], (x) => tf.gather(x, tf.tensor2d(ids, [2, 4], "int32"))],
  ["gather scalars", [[7]], (x) => tf.gather(x, tf.tensor1d(ids, "int32"))],
  ["gather matrices", [[7, 2, 3]], (x) => tf.gather(x, tf.tensor1d(ids, "int32"))],
  ["gather columns", [[3, 7]], (x) => tf.gather(x, tf.tensor1d(ids, "int32"), 1)],
  ["split the last axis", [[4, 6]], (x) => weighted(tf.split(x, 3, 1))],
  ["split the last axis unevenly", [[2, 3, 7]], (x) => weighted(tf.split(x, [2, 1, 4], -1))],
  ["split the first axis", [[6, 3]], (x) => weighted(tf.split(x, 2, 0))],
  [
    "concat three on the middle axis",
    [
      [2, 3, 5],
      [2, 1, 5],
      [2, 4, 5],
    ],
    (a, b, c) => tf.square(tf.concat([a, b, c], 1)),
  ],
  ["split the middle axis", [[3, 4, 2]], (x) => weighted(tf.split(x, [3, 1], 1))],
  [
    "concat and slice",
    [
      [3, 4],
      [3, 2],
    ],
    (a, b) => tf.slice(tf.concat([a, b], 1), [0, 1], [3, 4]),
  ],
  ["unsortedSegmentSum", [[7, 3]], (x) => tf.gather(tf.square(x), tf.tensor1d([6, 2], "int32"))],
];

function weighted(parts: tf.Tensor[]): tf.Tensor {
  return tf.addN(parts.map((part, index) => tf.mul(tf.sum(part), index + 1)));
}

/** Normalises the last axis to mean 0 and variance 1, then scales and shifts, from plain operations. */
function composedLayerNorm(x: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale), shift);
}

function attention(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor): tf.Tensor {
  return tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), 0.35)), v);
}

const oneHot = () => tf.oneHot(tf.tensor1d([0, 3, 1, 2, 3], "int32"), 4).toFloat();

const layers: Case[] = [
  ["softmax", [[5, 7]], (x) => tf.softmax(x)],
  ["softmax cross-entropy", [[5, 4]], (x) => tf.losses.softmaxCrossEntropy(oneHot(), x)],
  ["sigmoid cross-entropy", [[5, 4]], (x) => tf.losses.sigmoidCrossEntropy(oneHot(), x)],
  ["mean squared error", [[5, 4]], (x) => tf.losses.meanSquaredError(oneHot(), x)],
  ["log-sum-exp", [[5, 4]], (x) => tf.logSumExp(x, 1)],
  ["layer norm", [[6, 9], [9], [9]], composedLayerNorm],
  [
    "batch norm",
    [[6, 4], [4], [4]],
    (x, scale, shift) => {
      const { mean, variance } = tf.moments(x, 0);
      return tf.batchNorm(
        x as tf.Tensor2D,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        shift as tf.Tensor1D,
        scale as tf.Tensor1D,
        1e-3,
      );
    },
  ],
  ["gelu", [[5, 7]], (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))],
  [
    "attention",
    [
      [2, 3, 5, 4],
      [2, 3, 5, 4],
      [2, 3, 5, 4],
    ],
    attention,
  ],
  [
    "dense, relu, dense",
    [[6, 9], [9, 5], [5], [5, 2]],
    (x, w, b, v) => tf.matMul(tf.relu(tf.add(tf.matMul(x, w), b)), v),
  ],
  ["cumsum", [[4, 5]], (x) => tf.cumsum(x, 1)],
  ["mean over an axis", [[4, 5, 3]], (x) => tf.mean(x, 1)],
  ["tile and transpose", [[3, 4]], (x) => tf.transpose(tf.tile(x, [2, 3]))],
  [
    "pad",
    [[3, 4]],
    (x) =>
      tf.pad(tf.square(x), [
        [1, 2],
        [0, 3],
      ]),
  ],
  [
    "broadcast add and multiply",
    [
      [4, 1, 3],
      [5, 1],
    ],
    (x, y) => tf.mul(tf.add(x, y), y),
  ],
];

const curves = [
  ["tanh", tf.tanh],
  ["sigmoid", tf.sigmoid],
  ["softplus", tf.softplus],
  ["elu", tf.elu],
  ["selu", tf.selu],
  ["exp", tf.exp],
  ["square", tf.square],
  ["sin", tf.sin],
  ["erf", tf.erf],
] as const;

const plain = [...matMuls, ...convolutions, ...explicitPads, ...lookups, ...layers];

const awayFromZero = (value: number) => value + Math.sign(value) * 0.2;
const positive = (value: number) => Math.abs(value) + 0.5;

/** Every operation that a model of the product may use, and the odd sizes that break tiled kernels. */
export const gradientCases: readonly GradientCase[] = [
  ...plain.map(([name, shapes, op]): GradientCase => ({ name, shapes, op })),
  ...curves.map(([name, curve]): GradientCase => ({ name, shapes: [[4, 7]], op: (x) => curve(x) })),
  { name: "relu", shapes: [[4, 7]], op: (x) => tf.relu(x), domain: awayFromZero },
  { name: "leaky relu", shapes: [[4, 7]], op: (x) => tf.leakyRelu(x, 0.1), domain: awayFromZero },
  { name: "abs", shapes: [[4, 7]], op: (x) => tf.abs(x), domain: awayFromZero },
  { name: "log", shapes: [[4, 7]], op: (x) => tf.log(x), domain: positive },
  { name: "sqrt", shapes: [[4, 7]], op: (x) => tf.sqrt(x), domain: positive },
  { name: "reciprocal", shapes: [[4, 7]], op: (x) => tf.reciprocal(x), domain: positive },
  { name: "div", shapes: [[4, 7], [7]], op: (x, y) => tf.div(x, y), domain: positive },
  { name: "pow", shapes: [[4, 7]], op: (x) => tf.pow(x, 1.7), domain: positive },
];
