import { fileURLToPath } from "node:url";
import type { Blobs } from "./blobs.ts";
import { folderBlobs } from "./folder-blobs.ts";
import { s3Blobs } from "./s3-blobs.ts";

/** The settings that blobs need. */
export interface BlobsSettings {
  blobs: string;
  blobsAccessKeyId?: string | undefined;
  blobsSecretAccessKey?: string | undefined;
}

/**
 * Opens the store behind `file:///path` or `s3://bucket/prefix?endpoint=…&region=…` (region us-east-1 when left out).
 * Throws when the URL has another form or the credentials of a bucket are missing.
 */
export function createBlobs(settings: BlobsSettings): Blobs {
  const { blobs: url, blobsAccessKeyId: accessKeyId, blobsSecretAccessKey: secretAccessKey } = settings;
  const parsed = new URL(url);
  if (parsed.protocol === "file:") return folderBlobs(fileURLToPath(parsed));
  if (parsed.protocol !== "s3:" || parsed.hostname === "") {
    throw new Error(`ETUDE_BLOBS: ${url} is neither file:///path nor s3://bucket/prefix?endpoint=…&region=….`);
  }
  if (!accessKeyId || !secretAccessKey) {
    throw new Error(
      "ETUDE_BLOBS names a bucket: ETUDE_BLOBS_ACCESS_KEY_ID and ETUDE_BLOBS_SECRET_ACCESS_KEY are needed.",
    );
  }
  return s3Blobs({
    bucket: parsed.hostname,
    prefix: parsed.pathname.replaceAll(/^\/+|\/+$/g, ""),
    region: parsed.searchParams.get("region") ?? "us-east-1",
    endpoint: parsed.searchParams.get("endpoint") ?? undefined,
    accessKeyId,
    secretAccessKey,
  });
}
