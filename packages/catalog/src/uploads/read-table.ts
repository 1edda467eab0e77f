/** Loaded when a file is to be read, not before: no browser needs the readers of all formats. */
import { readCsv } from "./csv.ts";
import { readNpy, readNpz } from "./npy.ts";
import { readParquet } from "./parquet.ts";
import { type Table, UploadError } from "./table.ts";

const beginsWith = (bytes: Uint8Array, magic: string): boolean =>
  bytes.length > magic.length && [...magic].every((char, i) => bytes[i] === char.charCodeAt(0));

/**
 * Reads a file of data, the format told by its first bytes. `categories` names columns that stay text whatever they
 * look like. Throws UploadError with a message for the user.
 */
export async function readTable(bytes: Uint8Array, categories: readonly string[] = []): Promise<Table> {
  if (bytes.length === 0) throw new UploadError("the file is empty");
  const names = new Set(categories);
  if (beginsWith(bytes, "\u0093NUMPY")) return readNpy(bytes);
  if (beginsWith(bytes, "PK\u0003\u0004")) return readNpz(bytes);
  if (beginsWith(bytes, "PAR1")) return readParquet(bytes, names);
  return readCsv(bytes, names);
}
