import "../styles/report.css";
import { scaleLinear, scaleLog } from "d3-scale";
import { styleOfSlot } from "../chart/palette.ts";
import { Swatch } from "../chart/swatch.tsx";
import { formatNumber } from "../format/number.ts";

export interface FigureLine {
  readonly name: string;
  /** A value that is not finite, or not above 0 on a logarithmic axis, breaks the line. */
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface FigureAxis {
  readonly label: string;
  readonly log?: boolean;
}

interface Props {
  readonly title: string;
  readonly lines: readonly FigureLine[];
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  /** A value holds until the next point. */
  readonly steps?: boolean;
}

const width = 460;
const height = 240;
const inset = { left: 52, right: 12, top: 8, bottom: 36 };

/** A still figure of a report: lines over linear or logarithmic axes, in the colours of the theme. */
export function LineFigure({ title, lines, x, y, steps = false }: Props) {
  const shown = lines.map((line) => line.points.filter(([px, py]) => fits(px, x) && fits(py, y)));
  const all = shown.flat();
  if (all.length === 0) return null;
  const across = axisOf(
    all.map(([value]) => value),
    x,
    [inset.left, width - inset.right],
  );
  const up = axisOf(
    all.map(([, value]) => value),
    y,
    [height - inset.bottom, inset.top],
  );
  return (
    <figure className="panel figure">
      <figcaption>{title}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={title}>
        {up.ticks.map((value) => (
          <g key={value}>
            <line className="grid-line" x1={inset.left} x2={width - inset.right} y1={up.at(value)} y2={up.at(value)} />
            <text x={inset.left - 6} y={up.at(value) + 4} textAnchor="end">
              {formatNumber(value)}
            </text>
          </g>
        ))}
        {across.ticks.map((value) => (
          <text key={value} x={across.at(value)} y={height - inset.bottom + 15} textAnchor="middle">
            {formatNumber(value)}
          </text>
        ))}
        <text className="axis-name" x={(inset.left + width - inset.right) / 2} y={height - 4} textAnchor="middle">
          {x.label}
        </text>
        <text
          className="axis-name"
          transform={`translate(11 ${(height - inset.bottom) / 2}) rotate(-90)`}
          textAnchor="middle"
        >
          {y.label}
        </text>
        {shown.map((points, i) => {
          const { colour, dash } = styleOfSlot(i);
          const path = points.map(([px, py]) => `${across.at(px).toFixed(1)} ${up.at(py).toFixed(1)}`);
          return (
            <path
              key={lines[i]!.name}
              d={steps ? staircase(points, across.at, up.at) : `M${path.join("L")}`}
              fill="none"
              stroke={colour}
              strokeWidth="1.6"
              strokeDasharray={dash.join(" ")}
            />
          );
        })}
      </svg>
      <ul className="legend">
        {lines.map(({ name }, i) => (
          <li key={name}>
            <Swatch colour={styleOfSlot(i).colour} dash={styleOfSlot(i).dash} />
            <span>{name}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

const fits = (value: number, { log = false }: FigureAxis): boolean => Number.isFinite(value) && (!log || value > 0);

const staircase = (
  points: readonly (readonly [number, number])[],
  x: (value: number) => number,
  y: (value: number) => number,
): string =>
  points.map(([px, py], i) => (i === 0 ? `M${x(px)} ${y(py)}` : `H${x(px).toFixed(1)}V${y(py).toFixed(1)}`)).join("");

function axisOf(values: readonly number[], { log = false }: FigureAxis, range: [number, number]) {
  // Not Math.min(...values): a trace may have more points than a call may have arguments.
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) [low, high] = log ? [low / 2, low * 2] : [low - 0.5, low + 0.5];
  const scale = log ? scaleLog([low, high], range) : scaleLinear([low, high], range);
  const some = scale.ticks(5);
  // Over decades a logarithmic axis names the decades alone, and no more than six of them.
  const decades = some.filter((value) => Number.isInteger(Number(Math.log10(value).toFixed(9))));
  const named = log && decades.length > 1 ? decades : some;
  return {
    at: (value: number): number => scale(value),
    ticks: named.filter((_, i) => i % Math.ceil(named.length / 6) === 0),
  };
}
