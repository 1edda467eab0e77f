import type { RunStatus } from "@etude/contracts";

/** A run's status, as a mark and a word. */
export function Status({ status, stale = false }: { readonly status: RunStatus; readonly stale?: boolean }) {
  return (
    <span className={`status ${status}`}>
      <i className="dot" aria-hidden="true" />
      {status}
      {stale && (
        <small className="stale" title="Nothing was heard of its logger for a while; what is recorded stays.">
          stale
        </small>
      )}
    </span>
  );
}
