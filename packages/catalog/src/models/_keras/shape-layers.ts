/** Layers without weights that rearrange or join their inputs. */
import type * as tfc from "@tensorflow/tfjs-core";
import type { Tf } from "../../optimizer.ts";
import type { Shape } from "./config.ts";
import { type LayerBuilder, type LayerContext, sizeOf, soleInput } from "./layer.ts";

const flatten: LayerBuilder = (context) => {
  const { tf } = context;
  const shape = [sizeOf(soleInput(context))];
  return { shape, call: ([x], { size }) => tf.reshape(x!, [size, ...shape]) };
};

const reshape: LayerBuilder = (context) => {
  const { tf, config } = context;
  const total = sizeOf(soleInput(context));
  const wanted = config.get("target_shape");
  if (!Array.isArray(wanted) || !wanted.every((n) => Number.isInteger(n) && (n > 0 || n === -1))) {
    throw config.problem(
      `target_shape is ${JSON.stringify(wanted) ?? "missing"}, must be a list of whole numbers ≥ 1 or -1`,
    );
  }
  const known = sizeOf((wanted as number[]).filter((n) => n !== -1));
  const shape = (wanted as number[]).map((n) => (n === -1 ? total / known : n));
  if (wanted.filter((n) => n === -1).length > 1 || sizeOf(shape) !== total || !shape.every(Number.isInteger)) {
    throw config.problem(`target_shape [${wanted.join(", ")}] does not hold the ${total} values of its input`);
  }
  return { shape, call: ([x], { size }) => tf.reshape(x!, [size, ...shape]) };
};

const permute: LayerBuilder = (context) => {
  const { tf, config } = context;
  const input = soleInput(context);
  const dims = config.counts("dims", input.length);
  if (new Set(dims).size !== dims.length || Math.max(...dims) !== dims.length) {
    throw config.problem(`dims is [${dims}], must hold each of 1 to ${dims.length} once`);
  }
  return { shape: dims.map((at) => input[at - 1]!), call: ([x]) => tf.transpose(x!, [0, ...dims]) };
};

const repeatVector: LayerBuilder = (context) => {
  const { tf, config } = context;
  const [width] = soleInput(context, 1) as [number];
  const times = config.count("n");
  return { shape: [times, width], call: ([x]) => tf.tile(tf.expandDims(x!, 1), [1, times, 1]) };
};

const zeroPadding2d: LayerBuilder = (context) => {
  const { tf, config } = context;
  config.only("data_format", "channels_last", "images are height, width, channels");
  const [height, width, channels] = soleInput(context, 3) as readonly [number, number, number];
  const given: unknown = config.get("padding") ?? 1;
  const pair = (value: unknown): unknown => (Array.isArray(value) ? value : [value, value]);
  const sides = (Array.isArray(given) ? given : [given, given]).map(pair) as [number, number][];
  if (sides.length !== 2 || !sides.flat().every((n) => Number.isInteger(n) && n >= 0 && n <= 1000)) {
    throw config.problem(`padding is ${JSON.stringify(given)}, must be a whole number, two, or two pairs`);
  }
  const [[top, bottom], [left, right]] = sides as [[number, number], [number, number]];
  const pads: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return { shape: [height + top + bottom, width + left + right, channels], call: ([x]) => tf.pad(x!, pads) };
};

const equalInputs = ({ config, inputs }: LayerContext): Shape => {
  const [first] = inputs;
  if (!first || inputs.length < 2) throw config.problem(`it must read at least two layers, not ${inputs.length}`);
  const other = inputs.find((shape) => shape.join() !== first.join());
  if (other) throw config.problem(`its inputs have shapes [${first}] and [${other}], must have the same`);
  return first;
};

const merging =
  (join: (tf: Tf, a: tfc.Tensor, b: tfc.Tensor) => tfc.Tensor, mean = false): LayerBuilder =>
  (context) => {
    const { tf } = context;
    const shape = equalInputs(context);
    return {
      shape,
      call(inputs) {
        const all = inputs.reduce((sum, x) => join(tf, sum, x));
        return mean ? tf.div(all, inputs.length) : all;
      },
    };
  };

const concatenate: LayerBuilder = ({ tf, config, inputs }) => {
  const [first] = inputs;
  if (!first || inputs.length < 2) throw config.problem(`it must read at least two layers, not ${inputs.length}`);
  const given = config.number("axis", { min: -first.length, max: first.length, fallback: -1 });
  const axis = given < 0 ? first.length + given : given - 1;
  if (!Number.isInteger(axis) || axis < 0) throw config.problem(`axis is ${given}, must name an axis after the batch`);
  const rest = (shape: Shape): string => shape.filter((_, i) => i !== axis).join();
  const other = inputs.find((shape) => shape.length !== first.length || rest(shape) !== rest(first));
  if (other) {
    throw config.problem(`its inputs have shapes [${first}] and [${other}], must be equal except along axis ${given}`);
  }
  const total = inputs.reduce((sum, shape) => sum + shape[axis]!, 0);
  const shape = first.map((size, i) => (i === axis ? total : size));
  return { shape, call: (tensors) => tf.concat([...tensors], axis + 1) };
};

export const shapeLayers: Readonly<Record<string, LayerBuilder>> = {
  Flatten: flatten,
  Reshape: reshape,
  Permute: permute,
  RepeatVector: repeatVector,
  ZeroPadding2D: zeroPadding2d,
  Add: merging((tf, a, b) => tf.add(a, b)),
  Subtract: merging((tf, a, b) => tf.sub(a, b)),
  Multiply: merging((tf, a, b) => tf.mul(a, b)),
  Average: merging((tf, a, b) => tf.add(a, b), true),
  Maximum: merging((tf, a, b) => tf.maximum(a, b)),
  Concatenate: concatenate,
};
