import { scaleLinear } from "d3-scale";
import { cliques } from "./read-report.ts";

interface Props {
  readonly names: readonly string[];
  readonly meanRanks: readonly number[];
  readonly criticalDifference: number;
  readonly families: number;
}

const width = 640;
const margin = 150;
const axisTop = 54;
const rowHeight = 18;

/** Demšar's critical-difference diagram: mean ranks on a line; bars join what does not differ at level 0.05. */
export function CriticalDifference({ names, meanRanks, criticalDifference, families }: Props) {
  const order = names.map((_, i) => i).toSorted((a, b) => meanRanks[a]! - meanRanks[b]!);
  const sorted = order.map((i) => meanRanks[i]!);
  const scale = scaleLinear([1, names.length], [margin, width - margin]);
  const bars = cliques(sorted, criticalDifference);
  const namesTop = axisTop + 14 + bars.length * 7;
  const half = Math.ceil(order.length / 2);
  const title = `Mean ranks of the final loss, tuned rates, ${families} families`;
  const end = scale(Math.min(names.length, 1 + criticalDifference));
  return (
    <figure className="panel figure wide">
      <figcaption>{title}</figcaption>
      <div className="scroll">
        <svg
          className="ranks"
          viewBox={`0 0 ${width} ${namesTop + half * rowHeight + 12}`}
          role="img"
          aria-label={`${title}: ${order.map((i) => `${names[i]} ${meanRanks[i]!.toFixed(1)}`).join(", ")}`}
        >
          <line className="ink" x1={scale(1)} x2={end} y1={20} y2={20} strokeWidth="2" />
          <text x={end + 6} y={24}>
            critical difference {criticalDifference.toFixed(2)}
          </text>
          <line className="ink" x1={scale(1)} x2={scale(names.length)} y1={axisTop} y2={axisTop} strokeWidth="1.5" />
          {scale
            .ticks(Math.min(12, names.length))
            .filter((rank) => Number.isInteger(rank))
            .map((rank) => (
              <g key={rank}>
                <line className="ink" x1={scale(rank)} x2={scale(rank)} y1={axisTop - 4} y2={axisTop} />
                <text x={scale(rank)} y={axisTop - 8} textAnchor="middle">
                  {rank}
                </text>
              </g>
            ))}
          {bars.map(([first, last], i) => (
            <line
              key={first}
              className="clique"
              x1={scale(sorted[first]!) - 3}
              x2={scale(sorted[last]!) + 3}
              y1={axisTop + 8 + i * 7}
              y2={axisTop + 8 + i * 7}
              strokeWidth="3"
            />
          ))}
          {order.map((index, place) => {
            const left = place < half;
            const y = namesTop + (left ? place : order.length - 1 - place) * rowHeight + 10;
            const x = scale(meanRanks[index]!);
            const edge = left ? margin - 12 : width - margin + 12;
            return (
              <g key={names[index]}>
                <path className="leader" d={`M${x} ${axisTop}V${y}H${edge}`} fill="none" />
                <text
                  x={left ? edge - 4 : edge + 4}
                  y={y + 4}
                  textAnchor={left ? "end" : "start"}
                  className="axis-name"
                >
                  {left
                    ? `${names[index]}  ${meanRanks[index]!.toFixed(1)}`
                    : `${meanRanks[index]!.toFixed(1)}  ${names[index]}`}
                </text>
              </g>
            );
          })}
        </svg>
      </div>
    </figure>
  );
}
