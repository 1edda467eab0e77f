import * as tf from "@tensorflow/tfjs-core";

/** The operations that a fused kernel exists for; a bench run takes them composed or fused. */
export interface Operations {
  /** Mean over the rows of the cross-entropy of logits against one-hot targets. */
  crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar;
  layerNorm(x: tf.Tensor, scale: tf.Tensor1D, shift: tf.Tensor1D): tf.Tensor;
  gelu(x: tf.Tensor): tf.Tensor;
}

/** A model with its data on the device: the weights and the loss of one batch. */
export interface BenchModel {
  readonly weights: tf.Variable[];
  loss(): tf.Scalar;
}

/** Builds a model from operations; the same seeds on every backend. */
export type BuildModel = (operations: Operations) => BenchModel;

let seed = 0;
const normal = (shape: number[], deviation = 1) => tf.randomNormal(shape, 0, deviation, "float32", ++seed);
const weight = (shape: number[], fanIn = shape[0]!) => tf.variable(normal(shape, Math.sqrt(1 / fanIn)));
const zeros = (size: number) => tf.variable(tf.zeros([size]));
const ones = (size: number) => tf.variable(tf.ones([size]));

function ids(rows: number, classes: number): tf.Tensor1D {
  return tf.tensor1d(
    Int32Array.from({ length: rows }, (_, i) => (i * 7919) % classes),
    "int32",
  );
}

const targetsOf = (rows: number, classes: number) => tf.oneHot(ids(rows, classes), classes).toFloat() as tf.Tensor2D;

function logreg({ crossEntropy }: Operations): BenchModel {
  const [x, y] = [normal([64, 784]) as tf.Tensor2D, targetsOf(64, 10)];
  const [w, b] = [weight([784, 10]), zeros(10)];
  return { weights: [w, b], loss: () => crossEntropy(tf.add(tf.matMul(x, w as tf.Tensor2D), b), y) };
}

function mlp({ crossEntropy }: Operations): BenchModel {
  const [x, y] = [normal([64, 784]) as tf.Tensor2D, targetsOf(64, 10)];
  const [w1, b1, w2, b2] = [weight([784, 128]), zeros(128), weight([128, 10]), zeros(10)];
  const hidden = () => tf.relu(tf.add(tf.matMul(x, w1 as tf.Tensor2D), b1)) as tf.Tensor2D;
  return {
    weights: [w1, b1, w2, b2],
    loss: () => crossEntropy(tf.add(tf.matMul(hidden(), w2 as tf.Tensor2D), b2), y),
  };
}

function cnn({ crossEntropy }: Operations): BenchModel {
  const [x, y] = [normal([64, 28, 28, 1]) as tf.Tensor4D, targetsOf(64, 10)];
  const [k1, b1] = [weight([5, 5, 1, 8], 25), zeros(8)];
  const [k2, b2] = [weight([3, 3, 8, 16], 72), zeros(16)];
  const [w, b] = [weight([784, 10]), zeros(10)];
  const block = (input: tf.Tensor4D, kernel: tf.Variable, bias: tf.Variable) =>
    tf.maxPool(tf.relu(tf.add(tf.conv2d(input, kernel as tf.Tensor4D, 1, "same"), bias)) as tf.Tensor4D, 2, 2, "valid");
  return {
    weights: [k1, b1, k2, b2, w, b],
    loss() {
      const features = tf.reshape(block(block(x, k1, b1), k2, b2), [64, 784]);
      return crossEntropy(tf.add(tf.matMul(features, w as tf.Tensor2D), b), y);
    },
  };
}

function embedding({ crossEntropy }: Operations): BenchModel {
  const [words, y] = [ids(64 * 64, 2000), targetsOf(64, 10)];
  const [table, w, b] = [weight([2000, 64]), weight([64, 10]), zeros(10)];
  return {
    weights: [table, w, b],
    loss() {
      const pooled = tf.mean(tf.reshape(tf.gather(table, words), [64, 64, 64]), 1) as tf.Tensor2D;
      return crossEntropy(tf.add(tf.matMul(pooled, w as tf.Tensor2D), b), y);
    },
  };
}

function transformer({ crossEntropy, layerNorm, gelu }: Operations): BenchModel {
  const [batch, length, width, heads, vocabulary] = [16, 64, 64, 4, 96];
  const rows = batch * length;
  const [words, y] = [ids(rows, vocabulary), targetsOf(rows, vocabulary)];
  const [table, positions] = [weight([vocabulary, width], 1), weight([length, width], 1)];
  const [qkv, projection] = [weight([width, 3 * width]), weight([width, width])];
  const [up, upBias, down, downBias] = [weight([width, 256]), zeros(256), weight([256, width]), zeros(width)];
  const [scale1, shift1, scale2, shift2] = [ones(width), zeros(width), ones(width), zeros(width)];
  const head = weight([width, vocabulary]);
  const dense = (x: tf.Tensor, w: tf.Variable) => tf.matMul(x as tf.Tensor2D, w as tf.Tensor2D);
  const perHead = (x: tf.Tensor) => tf.transpose(tf.reshape(x, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
  const attend = (x: tf.Tensor) => {
    const [q, k, v] = tf.split(dense(x, qkv), 3, 1).map(perHead) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const scores = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads)));
    return dense(tf.reshape(tf.transpose(tf.matMul(scores, v), [0, 2, 1, 3]), [rows, width]), projection);
  };
  return {
    weights: [table, positions, qkv, projection, up, upBias, down, downBias, scale1, shift1, scale2, shift2, head],
    loss() {
      const embedded = tf.add(tf.reshape(tf.gather(table, words), [batch, length, width]), positions);
      let x = tf.reshape(embedded, [rows, width]);
      x = tf.add(x, attend(layerNorm(x, scale1 as tf.Tensor1D, shift1 as tf.Tensor1D)));
      const inner = gelu(tf.add(dense(layerNorm(x, scale2 as tf.Tensor1D, shift2 as tf.Tensor1D), up), upBias));
      x = tf.add(x, tf.add(dense(inner, down), downBias));
      return crossEntropy(dense(x, head) as tf.Tensor2D, y);
    },
  };
}

function nmf(): BenchModel {
  const x = tf.abs(normal([500, 400]));
  const [w, h] = [tf.variable(tf.abs(normal([500, 16], 0.3))), tf.variable(tf.abs(normal([16, 400], 0.3)))];
  return {
    weights: [w, h],
    loss: () => tf.mean(tf.squaredDifference(x, tf.matMul(w as tf.Tensor2D, h as tf.Tensor2D))),
  };
}

/** The models of the bench. Batch 64, except the transformer's 16 (width 64, 4 heads, 1 layer, length 64). */
export const models: Readonly<Record<string, BuildModel>> = {
  "logistic regression 784-10": logreg,
  "MLP 784-128-10": mlp,
  "CNN 5x5x8, 3x3x16": cnn,
  "embedding 2000x64": embedding,
  transformer: transformer,
  "NMF 500x400 rank 16": nmf,
};
