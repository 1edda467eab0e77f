/** The strongest smoothing that the slider gives. */
const strongest = 0.99;

/** Smoothing of a slider position from 0 to 1: fine near the strong end, where a little changes much. */
export const smoothingAt = (position: number): number => Number((strongest * (1 - (1 - position) ** 2)).toFixed(3));

/** Where the slider stands for a smoothing; the inverse of `smoothingAt`. */
export const positionOf = (smoothing: number): number =>
  Number((1 - Math.sqrt(1 - Math.min(1, smoothing / strongest))).toFixed(3));
