import { type Random, randomStream } from "../../random.ts";
import { isObject, type LayerConfig, type Shape } from "./config.ts";

/** Names as Keras writes them, in any case and with or without underscores. */
const plain = (name: string): string => name.replaceAll("_", "").toLowerCase();

interface Given {
  readonly name: string;
  number(key: string, fallback: number): number;
  text(key: string, fallback: string): string;
}

function givenAt(config: LayerConfig, key: string, fallback: string): Given {
  const value = config.get(key) ?? fallback;
  const inner = isObject(value) && isObject(value["config"]) ? value["config"] : {};
  const name = isObject(value) ? value["class_name"] : value;
  return {
    name: plain(String(name)),
    number(field, or) {
      const number = inner[field] ?? or;
      if (typeof number === "number" && Number.isFinite(number)) return number;
      throw config.problem(`${key}.config.${field} is ${JSON.stringify(number)}, must be a number`);
    },
    text: (field, or) => String(inner[field] ?? or),
  };
}

/** Inputs and outputs of one unit, as Keras counts them. */
function fans(shape: Shape): { in: number; out: number } {
  if (shape.length === 1) return { in: shape[0]!, out: shape[0]! };
  const field = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { in: shape.at(-2)! * field, out: shape.at(-1)! * field };
}

/** A normal number no further from 0 than 2; its deviation is 0.8796. */
function truncated(random: Random): number {
  for (;;) {
    const value = random.normal();
    if (Math.abs(value) <= 2) return value;
  }
}
const truncatedDeviation = 0.879_625_66;

type Scaling = readonly [scale: number, mode: string, distribution: string];
const scalings: Readonly<Record<string, Scaling>> = {
  glorotuniform: [1, "fan_avg", "uniform"],
  glorotnormal: [1, "fan_avg", "truncated_normal"],
  heuniform: [2, "fan_in", "uniform"],
  henormal: [2, "fan_in", "truncated_normal"],
  lecununiform: [1, "fan_in", "uniform"],
  lecunnormal: [1, "fan_in", "truncated_normal"],
};

function draw(
  config: LayerConfig,
  key: string,
  given: Given,
  shape: Shape,
  random: Random,
): (() => number) | undefined {
  switch (given.name) {
    case "zeros":
      return () => 0;
    case "ones":
      return () => 1;
    case "constant": {
      const value = given.number("value", 0);
      return () => value;
    }
    case "randomnormal": {
      const [mean, deviation] = [given.number("mean", 0), given.number("stddev", 0.05)];
      return () => mean + deviation * random.normal();
    }
    case "truncatednormal": {
      const [mean, deviation] = [given.number("mean", 0), given.number("stddev", 0.05)];
      return () => mean + deviation * truncated(random);
    }
    case "randomuniform": {
      const [low, high] = [given.number("minval", -0.05), given.number("maxval", 0.05)];
      return () => low + (high - low) * random.uniform();
    }
  }
  const scaling: Scaling | undefined =
    given.name === "variancescaling"
      ? [given.number("scale", 1), given.text("mode", "fan_in"), given.text("distribution", "truncated_normal")]
      : scalings[given.name];
  if (!scaling) return undefined;
  const [scale, mode, distribution] = scaling;
  const fan = fans(shape);
  const share = { fan_in: fan.in, fan_out: fan.out, fan_avg: (fan.in + fan.out) / 2 }[camelToSnake(mode)];
  if (share === undefined) throw config.problem(`${key}.config.mode is "${mode}", must be fan_in, fan_out or fan_avg`);
  const deviation = Math.sqrt(scale / Math.max(1, share));
  if (distribution === "uniform") return () => Math.sqrt(3) * deviation * (2 * random.uniform() - 1);
  if (distribution === "untruncated_normal") return () => deviation * random.normal();
  return () => (deviation / truncatedDeviation) * truncated(random);
}

const camelToSnake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const known =
  "Zeros, Ones, Constant, RandomNormal, RandomUniform, TruncatedNormal, VarianceScaling, GlorotUniform, GlorotNormal, HeUniform, HeNormal, LecunUniform, LecunNormal, Orthogonal";

/** Orthonormal rows, or columns where those are fewer, times the gain: Gram–Schmidt on normal vectors. */
function orthogonal(shape: Shape, gain: number, random: Random): Float32Array {
  const columns = shape.at(-1)!;
  const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  for (let i = 0; i < count; i++) {
    const vector = Float64Array.from({ length }, () => random.normal());
    // Twice, because the first pass leaves rounding behind.
    for (const other of [...vectors, ...vectors]) {
      const along = vector.reduce((sum, value, k) => sum + value * other[k]!, 0);
      vector.forEach((value, k) => (vector[k] = value - along * other[k]!));
    }
    const norm = Math.hypot(...vector);
    vectors.push(vector.map((value) => value / norm));
  }
  const at = (row: number, column: number): number =>
    rows <= columns ? vectors[row]![column]! : vectors[column]![row]!;
  return Float32Array.from({ length: rows * columns }, (_, i) => gain * at(Math.floor(i / columns), i % columns));
}

/** Returns the start values of a weight by Keras's rule; seeds in the JSON are ignored, the run's seed decides. */
export function initialValues(
  config: LayerConfig,
  key: string,
  fallback: string,
  shape: Shape,
  { seed, purpose }: { readonly seed: number; readonly purpose: string },
): Float32Array {
  const given = givenAt(config, key, fallback);
  const random = randomStream(seed, purpose);
  if (given.name === "orthogonal" && shape.length > 1) return orthogonal(shape, given.number("gain", 1), random);
  const next = draw(config, key, given, shape, random);
  if (!next) throw config.problem(`${key} is "${given.name}", must be one of ${known}`);
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, next);
}
