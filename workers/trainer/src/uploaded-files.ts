import { join } from "node:path";
import { uploadsOf } from "@etude/catalog";
import type { TrainingSpec } from "@etude/contracts";
import type { Blobs } from "@etude/service";
import { fetchBlob } from "./checkpoints.ts";

/**
 * Brings the uploads that a training learns from to its folder; returns their files by SHA-256. One that is gone is left
 * out: the child fails the run with a message for its user. Throws when the store is away.
 */
export async function fetchUploads(blobs: Blobs, spec: TrainingSpec, folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const sha256 of uploadsOf(spec.dataset)) {
    const file = join(folder, `upload-${sha256}`);
    if (await fetchBlob(blobs, sha256, file)) files[sha256] = file;
  }
  return files;
}
