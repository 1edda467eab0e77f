import type { Artifact, ArtifactFile } from "@etude/contracts";

export interface Artifacts {
  /** Records a stored file while the claim holds; the last one of a name counts. */
  record(runId: string, attempt: number, artifact: Omit<ArtifactFile, "file">): Promise<"recorded" | "lost">;
  /** By name. Throws Problem run_not_found. */
  list(runId: string): Promise<Artifact[]>;
  /** Those of these blobs that no checkpoint, artifact or spec refers to: they may go. */
  unreferenced(sha256s: readonly string[]): Promise<string[]>;
}
