import type { RetentionPolicy, RetentionPreview, RetentionRules, RunId, StudyId } from "@etude/contracts";

export interface RetentionSpec {
  /** Absent: of every run whose study has no policy of its own. */
  readonly studyId?: StudyId | undefined;
  readonly rules: RetentionRules;
}

/** What may be deleted by itself. By the clock of the database; only ended runs that no waiting run needs. */
export interface Retention {
  list(): Promise<RetentionPolicy[]>;
  /** Replaces the policy of this study, or of all others. Throws Problem study_not_found. */
  set(spec: RetentionSpec): Promise<RetentionPolicy>;
  /** Throws Problem policy_not_found. */
  remove(policyId: string): Promise<void>;
  /** What would happen now, with `spec` in the place of the policy that it would replace. Throws Problem study_not_found. */
  preview(spec?: RetentionSpec): Promise<RetentionPreview>;
  /**
   * Deletes some of the runs that are due, at most `limit`, one after another. Returns them, and the blobs that they
   * referred to. For one process at a time.
   */
  deleteDue(limit: number): Promise<{ runs: { id: RunId; studyId: StudyId | null }[]; blobs: string[] }>;
  /** Thins the system series of some of the runs that are due; returns where their logs were rewritten. */
  thinDue(limit: number): Promise<{ id: RunId; attempt: number }[]>;
}
