import type { Run } from "@etude/contracts";
import { useQuery } from "@tanstack/react-query";
import { artifactsQuery } from "../api/learning-queries.ts";
import { formatBytes } from "../format/number.ts";
import { Problem } from "./problem.tsx";

/** The address of a file that a run left behind. */
const fileUrl = (runId: string, name: string): string => `/v1/runs/${runId}/artifacts/${encodeURIComponent(name)}`;

/** The files that a run left behind, to download. */
export function ArtifactList({ run }: { readonly run: Run }) {
  const { data, error } = useQuery(artifactsQuery(run.id, run.status));
  if (error) return <Problem error={error} />;
  if (!data) return null;
  if (data.artifacts.length === 0) return <p className="muted">Files appear here when the run is complete.</p>;
  return (
    <ul className="files" aria-label="Files">
      {data.artifacts.map(({ name, bytes, sha256 }) => (
        <li key={name}>
          <a href={fileUrl(run.id, name)} download={name} title={`SHA-256 ${sha256}`} className="button">
            {name}
          </a>
          <span className="muted">{formatBytes(bytes)}</span>
        </li>
      ))}
    </ul>
  );
}
