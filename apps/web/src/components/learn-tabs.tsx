import { Link } from "@tanstack/react-router";

/** The pages about what the past teaches. */
export const LearnTabs = () => (
  <nav className="tabs" aria-label="Learn">
    <Link to="/learn" activeOptions={{ exact: true, includeSearch: false }}>
      Which schedule next?
    </Link>
    <Link to="/learn/policies">Policies</Link>
  </nav>
);
