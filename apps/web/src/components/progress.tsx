import { formatInteger } from "../format/number.ts";

interface Props {
  readonly step: number;
  /** Null until a worker has seen the data. */
  readonly horizon: number | null;
}

/** Share of the updates that are done, from 0 to 1; 0 while the length is unknown. */
export const shareDone = (step: number, horizon: number | null): number => (horizon ? Math.min(1, step / horizon) : 0);

/** Updates done of all, with a bar. */
export function Progress({ step, horizon }: Props) {
  const share = shareDone(step, horizon);
  return (
    <span className="row nowrap">
      <span className="progress" aria-hidden="true">
        <i style={{ width: `${share * 100}%` }} />
      </span>
      <span>
        {formatInteger(step)}
        <span className="muted">/{horizon === null ? "?" : formatInteger(horizon)}</span>
      </span>
    </span>
  );
}
