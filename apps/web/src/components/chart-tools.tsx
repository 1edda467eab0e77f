interface Props {
  readonly log: boolean;
  readonly onLog: (log: boolean) => void;
  readonly smooth: number;
  /** Absent where nothing is smoothed. */
  readonly onSmooth: ((smooth: number) => void) | undefined;
  readonly zoomed: boolean;
  readonly onReset: () => void;
}

/** The strongest smoothing that the slider gives. */
const strongest = 0.99;

/** Smoothing of a slider position from 0 to 1: fine near the strong end, where a little changes much. */
export const smoothingAt = (position: number): number => Number((strongest * (1 - (1 - position) ** 2)).toFixed(3));

/** Where the slider stands for a smoothing; the inverse of `smoothingAt`. */
export const positionOf = (smoothing: number): number =>
  Number((1 - Math.sqrt(1 - Math.min(1, smoothing / strongest))).toFixed(3));

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
            step={0.02}
            value={positionOf(smooth)}
            aria-valuetext={smooth === 0 ? "none" : String(smooth)}
            onChange={(event) => onSmooth(smoothingAt(Number(event.target.value)))}
          />
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
