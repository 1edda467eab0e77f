import { scaleLinear } from "d3-scale";
import { document, line, text } from "./svg.ts";

interface Ranked {
  readonly names: readonly string[];
  readonly meanRanks: readonly number[];
  readonly criticalDifference: number;
}

/** Returns runs of neighbours, best first, whose mean ranks lie within the critical difference; the longest only. */
export function cliques(sorted: readonly number[], criticalDifference: number): [first: number, last: number][] {
  const found: [number, number][] = [];
  for (let first = 0; first < sorted.length; first++) {
    let last = first;
    while (last + 1 < sorted.length && sorted[last + 1]! - sorted[first]! <= criticalDifference) last++;
    if (last > first && (found.at(-1)?.[1] ?? -1) < last) found.push([first, last]);
  }
  return found;
}

const rowHeight = 17;
const axisTop = 66;
const margin = 190;

/** Returns Demšar's critical-difference diagram: mean ranks on a line, bars join what does not differ at level 0.05. */
export function criticalDifferenceDiagram(title: string, { names, meanRanks, criticalDifference }: Ranked): string {
  const order = names.map((_, i) => i).toSorted((a, b) => meanRanks[a]! - meanRanks[b]!);
  const sorted = order.map((i) => meanRanks[i]!);
  const width = 860;
  const scale = scaleLinear([1, names.length], [margin, width - margin]);
  const bars = cliques(sorted, criticalDifference);
  const namesTop = axisTop + 16 + bars.length * 7;
  const half = Math.ceil(order.length / 2);
  const ticks = scale.ticks(Math.min(12, names.length)).filter(Number.isInteger);
  return document(width, namesTop + half * rowHeight + 20, title, [
    line(scale(1), axisTop - 24, scale(1 + criticalDifference), axisTop - 24, "#334155", 2),
    text(scale(1 + criticalDifference) + 6, axisTop - 20, `critical difference ${criticalDifference.toFixed(2)}`),
    line(scale(1), axisTop, scale(names.length), axisTop, "#334155", 1.5),
    ...ticks.flatMap((rank) => [
      line(scale(rank), axisTop - 4, scale(rank), axisTop, "#334155"),
      text(scale(rank), axisTop - 8, String(rank), { anchor: "middle" }),
    ]),
    ...bars.map(([first, last], i) =>
      line(scale(sorted[first]!) - 3, axisTop + 8 + i * 7, scale(sorted[last]!) + 3, axisTop + 8 + i * 7, "#0072b2", 3),
    ),
    ...order.flatMap((index, place) => {
      const left = place < half;
      const y = namesTop + (left ? place : order.length - 1 - place) * rowHeight + 10;
      const x = scale(meanRanks[index]!);
      const edge = left ? margin - 12 : width - margin + 12;
      const label = left
        ? `${names[index]}  ${meanRanks[index]!.toFixed(1)}`
        : `${meanRanks[index]!.toFixed(1)}  ${names[index]}`;
      return [
        line(x, axisTop, x, y, "#cbd5e1"),
        line(x, y, edge, y, "#cbd5e1"),
        text(left ? edge - 4 : edge + 4, y + 4, label, { anchor: left ? "end" : "start" }),
      ];
    }),
  ]);
}
