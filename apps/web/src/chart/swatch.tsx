import type { Trace } from "./types.ts";

interface Props {
  readonly colour: string;
  readonly dash: readonly number[];
  readonly look?: Trace["look"];
}

/** The line of a trace as a legend shows it: colour and dash together. */
export function Swatch({ colour, dash, look = "line" }: Props) {
  return (
    <svg className="swatch" viewBox="0 0 22 10" aria-hidden="true" style={{ color: colour }}>
      {look === "dots" ? (
        <circle cx="11" cy="5" r="3" fill="currentColor" />
      ) : (
        <line
          x1="0"
          x2="22"
          y1="5"
          y2="5"
          stroke="currentColor"
          strokeWidth={look === "raw" ? 5 : 2}
          strokeOpacity={look === "raw" ? 0.4 : 1}
          strokeDasharray={dash.join(" ")}
        />
      )}
    </svg>
  );
}
