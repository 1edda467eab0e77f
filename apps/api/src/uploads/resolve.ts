/** Binds a dataset of kind upload to its bytes: their hash and the task go into the spec. */
import { planUpload, UploadUseError } from "@etude/catalog";
import { Problem, type RunSpec, type Upload, type UploadId } from "@etude/contracts";
import type { Database } from "@etude/db";

export interface ResolvedUploads {
  readonly spec: RunSpec;
  /** Uploads that the run needs until it is over. */
  readonly uploads: readonly UploadId[];
}

interface Limits {
  /** Memory that a dataset may take, in bytes. */
  readonly datasetMaxBytes: number;
}

/**
 * Returns the spec with references to uploads replaced by content hashes; `at` is the path of the spec in the request.
 * Throws Problem upload_not_found, dataset_refused.
 */
export async function resolveUploads(
  db: Database,
  spec: RunSpec,
  limits: Limits,
  at: string,
): Promise<ResolvedUploads> {
  if (spec.kind !== "training" || spec.dataset.kind !== "upload") return { spec, uploads: [] };
  const { dataset } = spec;
  const path = `${at}dataset`;
  const upload = await find(db, dataset.upload, `${path}.upload`);
  const labels = dataset.labels === undefined ? undefined : await find(db, dataset.labels, `${path}.labels`);
  const { task, bytes } = plan();
  if (bytes > limits.datasetMaxBytes) {
    throw refused(
      `${path}.upload`,
      `takes ${inMegabytes(bytes)} of memory as numbers, and this server allows ${inMegabytes(limits.datasetMaxBytes)} (ETUDE_DATASET_MAX_BYTES); use fewer columns in dataset.features, or upload a part of the rows`,
    );
  }
  const resolved = { ...dataset, upload: upload.sha256, ...(labels && { labels: labels.sha256 }), task };
  return { spec: { ...spec, dataset: resolved }, uploads: labels ? [upload.id, labels.id] : [upload.id] };

  function plan(): ReturnType<typeof planUpload> {
    try {
      return planUpload(dataset as Extract<typeof dataset, { kind: "upload" }>, upload.schema, labels?.schema);
    } catch (error) {
      if (!(error instanceof UploadUseError)) throw error;
      throw refused(`${path}.${error.field}`, error.message, error.allowed);
    }
  }
}

const inMegabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 3 : 0)} MB`;

const refused = (path: string, message: string, allowed?: readonly string[]): Problem =>
  new Problem("dataset_refused", `${path}: ${message}`, [{ path, message, ...(allowed && { allowed: [...allowed] }) }]);

async function find(db: Database, ref: string, path: string): Promise<Upload> {
  try {
    return await db.uploads.get(ref);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const message = `there is no upload ${ref}`;
    throw new Problem("upload_not_found", `${path}: ${message}.`, [{ path, message }]);
  }
}
