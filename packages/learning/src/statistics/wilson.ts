import library from "jstat";

/** Returns Wilson's score interval of a proportion; [0, 1] of nothing. */
export function wilson(successes: number, n: number, confidence = 0.95): readonly [number, number] {
  if (n === 0) return [0, 1];
  const z = library.jStat.normal.inv(0.5 + confidence / 2, 0, 1);
  const share = successes / n;
  const centre = share + (z * z) / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n));
  const scale = 1 + (z * z) / n;
  return [Math.max(0, (centre - spread) / scale), Math.min(1, (centre + spread) / scale)];
}
