/** Decades of the slider: it reaches from 1 to 1000 steps. */
const decades = 3;

/** Steps that a slider position from 0 to 1 smooths over; the lowest position does not smooth. */
export const spanAt = (position: number): number => (position <= 0 ? 0 : Math.round(10 ** (decades * position)));

/** Where the slider stands for a span; the inverse of `spanAt`. */
export const positionOf = (span: number): number =>
  span < 1 ? 0 : Math.max(0.01, Math.min(1, Math.log10(span) / decades));
