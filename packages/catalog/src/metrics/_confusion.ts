/** For each class: how often it was right, said, and there. */
export interface ClassCounts {
  readonly right: number;
  readonly said: number;
  readonly there: number;
}

/** Returns the counts of each class; the first of equal outputs is the answer. */
export function classCounts(outputs: ArrayLike<number>, targets: ArrayLike<number>): ClassCounts[] {
  const width = outputs.length / targets.length;
  const counts = Array.from({ length: width }, () => ({ right: 0, said: 0, there: 0 }));
  for (let row = 0; row < targets.length; row++) {
    let best = 0;
    for (let k = 1; k < width; k++) if (outputs[row * width + k]! > outputs[row * width + best]!) best = k;
    counts[best]!.said++;
    counts[targets[row]!]!.there++;
    if (best === targets[row]) counts[best]!.right++;
  }
  return counts;
}
