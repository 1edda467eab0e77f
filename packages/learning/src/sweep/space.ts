/** What a sweep searches: named dimensions, each a range or a list, and points in it. */
import type { Random } from "@etude/catalog";

export type Dimension =
  | { readonly kind: "linear" | "log"; readonly low: number; readonly high: number }
  | { readonly kind: "integer"; readonly low: number; readonly high: number }
  | { readonly kind: "choice"; readonly values: readonly (string | number | boolean)[] };

export type Space = Readonly<Record<string, Dimension>>;
export type Point = Readonly<Record<string, string | number | boolean>>;

/** Throws a RangeError that names the dimension, its value and what is allowed. */
export function checkSpace(space: Space): void {
  if (Object.keys(space).length === 0) throw new RangeError("a sweep needs at least one dimension; got none");
  for (const [name, dimension] of Object.entries(space)) {
    if (dimension.kind === "choice") {
      if (dimension.values.length === 0) throw new RangeError(`${name}.values must hold at least one value; got none`);
      continue;
    }
    const { kind, low, high } = dimension;
    if (!(low < high) || !Number.isFinite(low) || !Number.isFinite(high)) {
      throw new RangeError(`${name}.low must be a number below high; got ${low} and ${high}`);
    }
    if (kind === "log" && low <= 0)
      throw new RangeError(`${name}.low must be above 0 on a logarithmic range; got ${low}`);
    if (kind === "integer" && !(Number.isInteger(low) && Number.isInteger(high))) {
      throw new RangeError(`${name} must run from one whole number to another; got ${low} and ${high}`);
    }
  }
}

/** Returns the value at `unit` in [0, 1) of a dimension; choices share it equally. */
export function valueAt(dimension: Dimension, unit: number): string | number | boolean {
  if (dimension.kind === "choice") {
    const { values } = dimension;
    return values[Math.min(values.length - 1, Math.floor(unit * values.length))]!;
  }
  const { kind, low, high } = dimension;
  if (kind === "log") return low * (high / low) ** unit;
  if (kind === "integer") return Math.min(high, low + Math.floor(unit * (high - low + 1)));
  return low + unit * (high - low);
}

/** Returns where a value lies in its dimension, 0 to 1; of a choice the middle of its share. */
export function unitOf(dimension: Dimension, value: string | number | boolean): number {
  if (dimension.kind === "choice") return (dimension.values.indexOf(value) + 0.5) / dimension.values.length;
  const { kind, low, high } = dimension;
  if (kind === "log") return Math.log(Number(value) / low) / Math.log(high / low);
  if (kind === "integer") return (Number(value) - low + 0.5) / (high - low + 1);
  return (Number(value) - low) / (high - low);
}

/** Returns a point for a place in the unit cube, one coordinate a dimension. */
export const pointAt = (space: Space, units: readonly number[]): Point =>
  Object.fromEntries(Object.entries(space).map(([name, dimension], i) => [name, valueAt(dimension, units[i]!)]));

/** Returns a point's place in the unit cube. */
export const unitsOf = (space: Space, point: Point): number[] =>
  Object.entries(space).map(([name, dimension]) => unitOf(dimension, point[name]!));

/** Returns a point drawn evenly (on a logarithmic range: in its logarithm). */
export const randomPoint = (space: Space, random: Random): Point =>
  pointAt(
    space,
    Object.keys(space).map(() => random.uniform()),
  );

/** Returns all combinations of `count` values a range, its ends among them, and of every choice. */
export function gridPoints(space: Space, count: number): Point[] {
  const valuesOf = (dimension: Dimension): (string | number | boolean)[] => {
    if (dimension.kind === "choice") return [...dimension.values];
    const { kind, low, high } = dimension;
    const places = Array.from({ length: count }, (_, i) => (count === 1 ? 0.5 : i / (count - 1)));
    const values = places.map((place) => {
      if (kind === "log") return +(low * (high / low) ** place).toPrecision(12);
      return kind === "integer" ? Math.round(low + place * (high - low)) : low + place * (high - low);
    });
    return [...new Set(values)];
  };
  return Object.entries(space).reduce<Point[]>(
    (points, [name, dimension]) =>
      points.flatMap((point) => valuesOf(dimension).map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}
