import { createHash } from "node:crypto";

/** Content-addressed bytes: the name of a blob is the SHA-256 of its content, 64 lower-case hexadecimal digits. */
export interface Blobs {
  readonly kind: "folder" | "s3";
  /** Stores the bytes, once however often it is called, and resolves to their name when they are durable. */
  put(bytes: Uint8Array): Promise<string>;
  /** The bytes, or null when there is no such blob. Rejects with DamagedBlobError when the stored bytes do not match their name. */
  get(sha256: string): Promise<Uint8Array | null>;
  has(sha256: string): Promise<boolean>;
  /** Removes the blob; one that is not there is no error. */
  remove(sha256: string): Promise<void>;
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** Throws unless `name` is a SHA-256 in lower-case hexadecimal; what reaches a path or URL is checked here. */
export function checkName(name: string): void {
  if (!/^[0-9a-f]{64}$/.test(name)) {
    throw new TypeError(`Not the name of a blob: ${JSON.stringify(name)}. Allowed: 64 lower-case hexadecimal digits.`);
  }
}

/** The stored bytes are not what their name says. */
export class DamagedBlobError extends Error {
  override readonly name = "DamagedBlobError";
}

/** Throws DamagedBlobError unless the bytes are what `name` says. */
export function checkContent(name: string, bytes: Uint8Array): void {
  const found = sha256Of(bytes);
  if (found !== name) throw new DamagedBlobError(`Blob ${name} is damaged: its content hashes to ${found}.`);
}
