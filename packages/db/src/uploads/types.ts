import type { Upload, UploadId } from "@etude/contracts";

export interface Uploads {
  /** The upload of these bytes: a new one, or the one that has them already under its first name. */
  create(upload: Omit<Upload, "id" | "createdAt">): Promise<Upload>;
  /** By id or SHA-256. Throws Problem upload_not_found. */
  get(ref: string): Promise<Upload>;
  /** Newest first. Throws Problem invalid_cursor. */
  list(page: { limit: number; cursor?: string | undefined }): Promise<{ uploads: Upload[]; next: string | null }>;
  /** Lets a run that goes on hold its uploads again. Throws Problem upload_not_found when one was deleted. */
  hold(runId: string, sha256s: readonly string[]): Promise<void>;
  /**
   * Deletes the row, and with `removeBytes` its bytes before anybody can send the same ones again. Throws Problem
   * upload_not_found, upload_in_use.
   */
  remove(uploadId: UploadId, removeBytes: (sha256: string) => Promise<void>): Promise<void>;
}
