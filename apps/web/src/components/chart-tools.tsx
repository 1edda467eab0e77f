import { formatInteger } from "../format/number.ts";
import { positionOf, spanAt } from "./smoothing.ts";

interface Props {
  readonly log: boolean;
  readonly onLog: (log: boolean) => void;
  readonly smooth: number;
  /** Absent where nothing is smoothed. */
  readonly onSmooth: ((smooth: number) => void) | undefined;
  readonly zoomed: boolean;
  readonly onReset: () => void;
}

/** Logarithmic scale, smoothing, and back to everything. */
export function ChartTools({ log, onLog, smooth, onSmooth, zoomed, onReset }: Props) {
  return (
    <span className="row chart-tools">
      <label className="check">
        <input type="checkbox" checked={log} onChange={(event) => onLog(event.target.checked)} />
        log
      </label>
      {onSmooth && (
        <label className="check">
          smooth
          <input
            type="range"
            min={0}
            max={1}
            step={0.01}
            value={positionOf(smooth)}
            aria-valuetext={smooth === 0 ? "none" : `${smooth} steps`}
            onChange={(event) => onSmooth(spanAt(Number(event.target.value)))}
          />
          <output className="span">{smooth === 0 ? "off" : formatInteger(smooth)}</output>
        </label>
      )}
      <button
        type="button"
        className="quiet"
        disabled={!zoomed}
        onClick={onReset}
        title="Double click on the chart, or 0"
      >
        Reset zoom
      </button>
    </span>
  );
}
