/** Recurrent layers, unrolled over the places of a sequence. */
import type * as tfc from "@tensorflow/tfjs-core";
import { activate, activationOf } from "./activations.ts";
import { type LayerBuilder, type LayerContext, soleInput } from "./layer.ts";

/** One step: x·kernel + bias of this place, and the state; returns the new state, the output first. */
type Step = (projected: tfc.Tensor2D, state: readonly tfc.Tensor2D[]) => tfc.Tensor2D[];

interface Cell {
  /** Gates times units. */
  readonly gates: number;
  readonly states: number;
  readonly bias: tfc.Tensor | undefined;
  readonly step: Step;
}

const recurrent =
  (cellOf: (context: LayerContext, units: number) => Cell): LayerBuilder =>
  (context) => {
    const { tf, config, weight } = context;
    const [length, width] = soleInput(context, 2) as readonly [number, number];
    const units = config.count("units");
    for (const key of ["go_backwards", "stateful", "return_state"]) config.only(key, false, "each text starts anew");
    for (const key of ["dropout", "recurrent_dropout"]) config.only(key, 0, "put a Dropout layer before it");
    const all = config.flag("return_sequences", false);
    const cell = cellOf(context, units);
    const columns = cell.gates * units;
    const kernel = weight("kernel", [width, columns], "glorot_uniform");
    return {
      shape: all ? [length, units] : [units],
      call([x], { size }) {
        // One product for all places; each step then takes its part.
        const rows = tf.matMul(tf.reshape(x!, [size * length, width]) as tfc.Tensor2D, kernel as tfc.Tensor2D);
        const projected = tf.reshape(cell.bias ? tf.add(rows, cell.bias) : rows, [size, length, columns]);
        let state = Array.from({ length: cell.states }, () => tf.zeros([size, units]) as tfc.Tensor2D);
        const outputs = tf.unstack(projected, 1).map((place) => {
          state = cell.step(place as tfc.Tensor2D, state);
          return state[0]!;
        });
        return all ? tf.stack(outputs, 1) : outputs.at(-1)!;
      },
    };
  };

const kernelOf = ({ weight }: LayerContext, units: number, gates: number): tfc.Tensor2D =>
  weight("recurrent_kernel", [units, gates * units], "orthogonal") as tfc.Tensor2D;

const simple = recurrent((context, units) => {
  const { tf, config, weight } = context;
  const inner = activationOf(config, "activation", "tanh");
  const kernel = kernelOf(context, units, 1);
  return {
    gates: 1,
    states: 1,
    bias: config.flag("use_bias", true) ? weight("bias", [units], "zeros") : undefined,
    step: (x, [h]) => [activate(tf, inner, tf.add(x, tf.matMul(h!, kernel))) as tfc.Tensor2D],
  };
});

const lstm = recurrent((context, units) => {
  const { tf, config, weight } = context;
  const inner = activationOf(config, "activation", "tanh");
  const gate = activationOf(config, "recurrent_activation", "sigmoid");
  const kernel = kernelOf(context, units, 4);
  // The second quarter is the forget gate's: with 1 it starts open.
  const remember = (values: Float32Array): void => {
    if (config.flag("unit_forget_bias", true)) values.fill(1, units, 2 * units);
  };
  return {
    gates: 4,
    states: 2,
    bias: config.flag("use_bias", true) ? weight("bias", [4 * units], "zeros", remember) : undefined,
    step(x, [h, c]) {
      const [i, f, g, o] = tf.split(tf.add(x, tf.matMul(h!, kernel)), 4, 1) as tfc.Tensor[];
      const kept = tf.mul(activate(tf, gate, f!), c!);
      const next = tf.add(kept, tf.mul(activate(tf, gate, i!), activate(tf, inner, g!)));
      return [tf.mul(activate(tf, gate, o!), activate(tf, inner, next)), next] as tfc.Tensor2D[];
    },
  };
});

const gru = recurrent((context, units) => {
  const { tf, config, weight } = context;
  const inner = activationOf(config, "activation", "tanh");
  const gate = activationOf(config, "recurrent_activation", "sigmoid");
  const after = config.flag("reset_after", true);
  const kernel = kernelOf(context, units, 3);
  const biased = config.flag("use_bias", true);
  const bias = biased ? weight("bias", [3 * units], "zeros") : undefined;
  const recurrentBias = biased && after ? weight("recurrent_bias", [3 * units], "zeros") : undefined;
  const blend = (z: tfc.Tensor, h: tfc.Tensor, candidate: tfc.Tensor): tfc.Tensor2D[] => [
    tf.add(tf.mul(z, h), tf.mul(tf.sub(1, z), candidate)) as tfc.Tensor2D,
  ];
  return {
    gates: 3,
    states: 1,
    bias,
    step(x, [h]) {
      const [xz, xr, xc] = tf.split(x, 3, 1) as tfc.Tensor[];
      if (after) {
        const seen = tf.matMul(h!, kernel);
        const [hz, hr, hc] = tf.split(recurrentBias ? tf.add(seen, recurrentBias) : seen, 3, 1) as tfc.Tensor[];
        const [z, r] = [activate(tf, gate, tf.add(xz!, hz!)), activate(tf, gate, tf.add(xr!, hr!))];
        return blend(z, h!, activate(tf, inner, tf.add(xc!, tf.mul(r, hc!))));
      }
      const [forGates, forCandidate] = tf.split(kernel, [2 * units, units], 1) as [tfc.Tensor2D, tfc.Tensor2D];
      const [hz, hr] = tf.split(tf.matMul(h!, forGates), 2, 1) as tfc.Tensor[];
      const [z, r] = [activate(tf, gate, tf.add(xz!, hz!)), activate(tf, gate, tf.add(xr!, hr!))];
      const candidate = tf.add(xc!, tf.matMul(tf.mul(r, h!) as tfc.Tensor2D, forCandidate));
      return blend(z, h!, activate(tf, inner, candidate));
    },
  };
});

export const recurrentLayers: Readonly<Record<string, LayerBuilder>> = { SimpleRNN: simple, LSTM: lstm, GRU: gru };
