import type { Evidence, EvidenceCell, EvidenceFilter } from "@etude/contracts";

/** A filter whose likeness is resolved: hashes of tasks instead of a name. */
export interface EvidenceCondition extends Omit<EvidenceFilter, "similarTo"> {
  readonly tasks?: readonly string[] | undefined;
}

export interface EvidencePageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface EvidenceRows {
  readonly rows: Evidence[];
  readonly next: string | null;
  /** Rows, or cells, that match on all pages. */
  readonly total: number;
}

/** Cells that changed after a version; those in `gone` have no rows any more. */
export interface CellChanges {
  readonly version: number;
  readonly changed: readonly EvidenceCell[];
  readonly gone: readonly string[];
}

export interface EvidenceStore {
  /** Writes rows; one that is there already is left as it is. Returns how many were new. */
  add(rows: readonly Evidence[]): Promise<number>;
  /** Makes `row` the only evidence of its run (null: takes it away), and notes that it is not due any more. */
  settle(runId: string, row: Evidence | null): Promise<void>;
  /** Notes that the run's evidence is there already. */
  forget(runId: string): Promise<void>;
  /** Ended runs whose evidence has still to be written, at most `limit`. */
  due(limit: number): Promise<string[]>;
  /** One page of rows, in the order of their ids. Throws Problem invalid_cursor. */
  byRow(condition: EvidenceCondition, page: EvidencePageRequest): Promise<EvidenceRows>;
  /** The matching rows of one page of cells, for the caller to fold. Throws Problem invalid_cursor. */
  byCell(condition: EvidenceCondition, page: EvidencePageRequest): Promise<EvidenceRows>;
  /** Matching runs with their shapes, in the order of their ids. */
  runs(condition: EvidenceCondition): Promise<Evidence[]>;
  /** Everything that changed after `version` (0: all), by an index. */
  changes(version: number): Promise<CellChanges>;
}
