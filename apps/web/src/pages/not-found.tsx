import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";

/** An address without a page. */
export function NotFound(): ReactElement {
  return (
    <section className="empty">
      <h2>No such page</h2>
      <p>The address does not belong to the dashboard.</p>
      <Link to="/" className="button">
        Go to the runs
      </Link>
    </section>
  );
}
