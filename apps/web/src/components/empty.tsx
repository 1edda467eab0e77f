import type { ReactNode } from "react";
import { CopyButton } from "./copy-button.tsx";

interface Props {
  readonly title: string;
  /** What would be here. */
  readonly children: ReactNode;
  /** The one command that fills the page. */
  readonly command?: string;
}

/** A page with nothing on it yet. */
export function Empty({ title, children, command }: Props) {
  return (
    <section className="empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {command && (
        <div className="command">
          <code>{command}</code>
          <CopyButton text={command} />
        </div>
      )}
    </section>
  );
}
