import type { Run } from "@etude/contracts";
import { Link } from "@tanstack/react-router";
import { CopyButton } from "./copy-button.tsx";

/** The spec of a run as JSON, every default filled in: what a repeated run needs. */
export function RunConfig({ run }: { readonly run: Run }) {
  const own = run.spec.kind === "training";
  const text = JSON.stringify(run.spec, null, 2);
  return (
    <div className="panel stack">
      <div className="row spread">
        <span className="muted">{own ? "Submitting this again gives the same curve." : "What the client told."}</span>
        <span className="row">
          {own && (
            <Link to="/submit" search={{ from: run.id }} className="button">
              Clone with changes
            </Link>
          )}
          <CopyButton text={text} />
        </span>
      </div>
      <pre tabIndex={0} aria-label="Spec">
        {text}
      </pre>
    </div>
  );
}
