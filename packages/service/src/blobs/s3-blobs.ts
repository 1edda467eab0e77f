import { AwsClient } from "aws4fetch";
import { checkContent, checkName, sha256Of, type Blobs } from "./blobs.ts";

export interface S3Place {
  bucket: string;
  /** Put before every name, without slashes at its ends; may be empty. */
  prefix: string;
  region: string;
  /** Base URL of an S3-compatible service, used path-style; AWS itself when undefined. */
  endpoint?: string | undefined;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Blobs as objects `<prefix>/ab/cd/abcd…` of a bucket. */
export function s3Blobs(place: S3Place): Blobs {
  const client = new AwsClient({
    accessKeyId: place.accessKeyId,
    secretAccessKey: place.secretAccessKey,
    region: place.region,
    service: "s3",
    retries: 3,
  });
  const base = place.endpoint
    ? `${place.endpoint.replace(/\/+$/, "")}/${place.bucket}`
    : `https://${place.bucket}.s3.${place.region}.amazonaws.com`;

  /** Sends one signed request for a blob. Answers other than success and 404 reject with the service's own words. */
  const request = async (method: string, sha256: string, body?: Uint8Array<ArrayBuffer>): Promise<Response> => {
    checkName(sha256);
    const key = [place.prefix, sha256.slice(0, 2), sha256.slice(2, 4), sha256].filter(Boolean).join("/");
    const response = await client.fetch(`${base}/${key}`, body ? { method, body } : { method });
    if (!response.ok && response.status !== 404) {
      const reason = (await response.text()).slice(0, 500);
      throw new Error(`${method} of blob ${sha256} in bucket ${place.bucket}: ${response.status} ${reason}`.trim());
    }
    return response;
  };
  const has = async (sha256: string): Promise<boolean> => (await request("HEAD", sha256)).ok;
  return {
    kind: "s3",
    has,
    async put(bytes) {
      const name = sha256Of(bytes);
      if (await has(name)) return name;
      const response = await request("PUT", name, new Uint8Array(bytes));
      if (!response.ok) throw new Error(`Bucket ${place.bucket} does not exist.`);
      return name;
    },
    async get(sha256) {
      const response = await request("GET", sha256);
      if (!response.ok) return null;
      const bytes = new Uint8Array(await response.arrayBuffer());
      checkContent(sha256, bytes);
      return bytes;
    },
    async remove(sha256) {
      await request("DELETE", sha256);
    },
  };
}
