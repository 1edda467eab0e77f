import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { UploadSchema } from "@etude/catalog";
import { Problem } from "@etude/contracts";

const entrance = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./describe-process.ts" : "./describe-process.js", import.meta.url),
);

/** A file of the largest size is read in a fraction of this. */
const longestMs = 300_000;

/**
 * Returns what is in a file of data. It is read by another process, so that this one goes on answering and survives a
 * file that is too large for memory. Throws Problem upload_refused.
 */
export async function describeUpload(bytes: Uint8Array): Promise<UploadSchema> {
  const child = spawn(process.execPath, [...process.execArgv, entrance], {
    stdio: ["pipe", "pipe", "pipe"],
    timeout: longestMs,
    killSignal: "SIGKILL",
  });
  // A child that ends early closes its end; what it said tells why.
  child.stdin.on("error", () => {});
  child.stdin.end(bytes);
  const [said, complaint, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  if (code === 0) {
    const { schema, refused } = JSON.parse(said) as { schema?: UploadSchema; refused?: string };
    if (schema) return schema;
    throw new Problem("upload_refused", refused);
  }
  if (
    code === null ||
    /out of memory|bad_alloc|Array buffer allocation failed|Invalid (typed )?array length/i.test(complaint)
  )
    throw new Problem(
      "upload_refused",
      `The file is too large for this server: its ${bytes.length} bytes did not fit memory, or took too long, when unpacked. Upload a part of the rows, or fewer columns.`,
    );
  throw new Error(`the reader of uploads ended with ${String(code)}: ${complaint}`);
}
