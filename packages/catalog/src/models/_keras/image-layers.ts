/** Convolution and pooling, channels last. */
import type * as tfc from "@tensorflow/tfjs-core";
import { activationOf } from "./activations.ts";
import type { LayerConfig, Shape } from "./config.ts";
import { type LayerBuilder, type LayerContext, soleInput } from "./layer.ts";

type Pair = [number, number];
type Padding = "same" | "valid";

/** Returns how many places a window takes along an axis; complains when there is none. */
function places(config: LayerConfig, size: number, window: number, stride: number, padding: Padding): number {
  const count = padding === "same" ? Math.ceil(size / stride) : Math.floor((size - window) / stride) + 1;
  if (count >= 1) return count;
  throw config.problem(`a window of ${window} does not fit an axis of ${size}; use padding "same" or a smaller window`);
}

const channelsLast = (config: LayerConfig): void =>
  config.only("data_format", "channels_last", "images are height, width, channels");

function windowed(context: LayerContext, kernel: readonly number[], dilation: readonly number[], padding: Padding) {
  const { config } = context;
  const [height, width] = soleInput(context, 3);
  const strides = config.counts("strides", 2, 1) as Pair;
  if (strides.some((stride) => stride > 1) && dilation.some((rate) => rate > 1)) {
    throw config.problem("strides and dilation_rate are both above 1; one of them must be 1");
  }
  const along = (size: number, axis: 0 | 1): number =>
    places(config, size, (kernel[axis]! - 1) * dilation[axis]! + 1, strides[axis], padding);
  return { strides, height: along(height!, 0), width: along(width!, 1) };
}

const conv2d: LayerBuilder = (context) => {
  const { tf, config, weight } = context;
  channelsLast(config);
  config.only("groups", 1, "use DepthwiseConv2D for a convolution by channel");
  const channels = soleInput(context, 3)[2]!;
  const filters = config.count("filters");
  const size = config.counts("kernel_size", 2);
  const dilation = config.counts("dilation_rate", 2, 1) as Pair;
  const padding = config.choice<Padding>("padding", ["valid", "same"], "valid");
  const { strides, height, width } = windowed(context, size, dilation, padding);
  const kernel = weight("kernel", [...size, channels, filters], "glorot_uniform");
  const bias = config.flag("use_bias", true) ? weight("bias", [filters], "zeros") : undefined;
  return {
    shape: [height, width, filters],
    activation: activationOf(config),
    call([x]) {
      const y = tf.conv2d(x as tfc.Tensor4D, kernel as tfc.Tensor4D, strides, padding, "NHWC", dilation);
      return bias ? tf.add(y, bias) : y;
    },
  };
};

const conv1d: LayerBuilder = (context) => {
  const { tf, config, weight } = context;
  channelsLast(config);
  config.only("groups", 1, "channels are not grouped");
  const [length, channels] = soleInput(context, 2) as Pair;
  const filters = config.count("filters");
  const [size] = config.counts("kernel_size", 1) as [number];
  const [stride] = config.counts("strides", 1, 1) as [number];
  const [dilation] = config.counts("dilation_rate", 1, 1) as [number];
  const padding = config.choice("padding", ["valid", "same", "causal"], "valid");
  if (stride > 1 && dilation > 1) throw config.problem("strides and dilation_rate are both above 1; one must be 1");
  const reach = (size - 1) * dilation;
  const before = padding === "causal" ? reach : 0;
  const pad = padding === "same" ? "same" : "valid";
  const outputs = places(config, length + before, reach + 1, stride, pad);
  const kernel = weight("kernel", [size, channels, filters], "glorot_uniform");
  const bias = config.flag("use_bias", true) ? weight("bias", [filters], "zeros") : undefined;
  return {
    shape: [outputs, filters],
    activation: activationOf(config),
    call([x], { size: batch }) {
      const padded =
        before > 0
          ? tf.pad(x!, [
              [0, 0],
              [before, 0],
              [0, 0],
            ])
          : x!;
      const row = tf.reshape(padded, [batch, 1, length + before, channels]) as tfc.Tensor4D;
      const filter = tf.reshape(kernel, [1, size, channels, filters]) as tfc.Tensor4D;
      const y = tf.reshape(tf.conv2d(row, filter, [1, stride], pad, "NHWC", [1, dilation]), [batch, outputs, filters]);
      return bias ? tf.add(y, bias) : y;
    },
  };
};

const depthwiseConv2d: LayerBuilder = (context) => {
  const { tf, config, weight } = context;
  channelsLast(config);
  if (config.counts("dilation_rate", 2, 1).some((rate) => rate > 1)) {
    throw config.problem("dilation_rate must be 1: its gradient is only known without dilation");
  }
  const channels = soleInput(context, 3)[2]!;
  const size = config.counts("kernel_size", 2);
  const multiplier = config.count("depth_multiplier", 1);
  const padding = config.choice<Padding>("padding", ["valid", "same"], "valid");
  const { strides, height, width } = windowed(context, size, [1, 1], padding);
  const kernel = weight("depthwise_kernel", [...size, channels, multiplier], "glorot_uniform");
  const bias = config.flag("use_bias", true) ? weight("bias", [channels * multiplier], "zeros") : undefined;
  return {
    shape: [height, width, channels * multiplier],
    activation: activationOf(config),
    call([x]) {
      const y = tf.depthwiseConv2d(x as tfc.Tensor4D, kernel as tfc.Tensor4D, strides, padding);
      return bias ? tf.add(y, bias) : y;
    },
  };
};

const pooling2d =
  (kind: "max" | "average"): LayerBuilder =>
  (context) => {
    const { tf, config } = context;
    channelsLast(config);
    const [height, width, channels] = soleInput(context, 3) as readonly [number, number, number];
    const pool = config.counts("pool_size", 2, 2) as Pair;
    const strides = config.counts("strides", 2, pool) as Pair;
    const padding = config.choice<Padding>("padding", ["valid", "same"], "valid");
    if (kind === "average" && padding === "same") {
      throw config.problem('padding "same" has a wrong gradient at the edges in TensorFlow.js; use "valid"');
    }
    const along = (size: number, axis: 0 | 1): number => places(config, size, pool[axis], strides[axis], padding);
    const shape: Shape = [along(height, 0), along(width, 1), channels];
    const run = kind === "max" ? tf.maxPool : tf.avgPool;
    return { shape, call: ([x]) => run(x as tfc.Tensor4D, pool, strides, padding) };
  };

const global =
  (kind: "max" | "mean", axes: number): LayerBuilder =>
  (context) => {
    const { tf, config } = context;
    channelsLast(config);
    const shape = soleInput(context, axes + 1).slice(-1);
    const over = Array.from({ length: axes }, (_, i) => i + 1);
    const keep = config.flag("keepdims", false);
    return { shape: keep ? [...over.map(() => 1), ...shape] : shape, call: ([x]) => tf[kind](x!, over, keep) };
  };

export const imageLayers: Readonly<Record<string, LayerBuilder>> = {
  Conv1D: conv1d,
  Conv2D: conv2d,
  DepthwiseConv2D: depthwiseConv2d,
  MaxPooling2D: pooling2d("max"),
  AveragePooling2D: pooling2d("average"),
  GlobalMaxPooling1D: global("max", 1),
  GlobalAveragePooling1D: global("mean", 1),
  GlobalMaxPooling2D: global("max", 2),
  GlobalAveragePooling2D: global("mean", 2),
};
