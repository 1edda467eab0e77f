/** How a rate rises or falls between two levels; u runs from 0 to 1. */

export const riseShapes = ["linear", "cosine", "1-sqrt"] as const;
export const fallShapes = ["1-sqrt", "linear", "cosine", "exponential"] as const;
export type RiseShape = (typeof riseShapes)[number];
export type FallShape = (typeof fallShapes)[number];

/** Returns the factor at u on the way up from `from` to 1. */
export function rise(shape: RiseShape, u: number, from: number): number {
  const part = shape === "linear" ? u : shape === "cosine" ? 0.5 * (1 - Math.cos(Math.PI * u)) : 1 - Math.sqrt(1 - u);
  return part * (1 - from) + from;
}

/** Returns the factor at u on the way down from 1 to `to`. */
export function fall(shape: FallShape, u: number, to: number): number {
  if (shape === "exponential") return to ** u;
  const part = shape === "linear" ? 1 - u : shape === "cosine" ? 0.5 * (1 + Math.cos(Math.PI * u)) : 1 - Math.sqrt(u);
  return part * (1 - to) + to;
}
