import type { RunStatus } from "@etude/contracts";

/** A run's status, as a mark and a word. */
export function Status({ status }: { readonly status: RunStatus }) {
  return (
    <span className={`status ${status}`}>
      <i className="dot" aria-hidden="true" />
      {status}
    </span>
  );
}
