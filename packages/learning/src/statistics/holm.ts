/**
 * Returns the p-values adjusted for all of one claim (Holm 1979): p₍ᵢ₎ · (m − i + 1), made monotone and at most 1. A
 * hypothesis is rejected at level α where its adjusted p is at most α.
 */
export function holm(p: readonly number[]): number[] {
  const order = p.map((_, i) => i).toSorted((a, b) => p[a]! - p[b]!);
  const adjusted = p.map(() => 1);
  let floor = 0;
  for (const [place, index] of order.entries()) {
    floor = Math.max(floor, Math.min(1, p[index]! * (p.length - place)));
    adjusted[index] = floor;
  }
  return adjusted;
}
