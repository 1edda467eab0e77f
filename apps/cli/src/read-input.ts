import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parse, YAMLParseError } from "yaml";
import { UsageError } from "./exit-codes.ts";
import type { Io } from "./io.ts";

/**
 * Reads a JSON or YAML document from a file (relative to where the user is), or from stdin for `-`. JSON is what its name
 * ends with .json or begins with a brace or bracket. Throws a UsageError that says where it is malformed.
 */
export async function readDocument(file: string, io: Io): Promise<unknown> {
  const name = file === "-" ? "stdin" : file;
  const content = file === "-" ? await text(io.stdin) : await readText(resolve(io.cwd, file), name);
  if (content.trim() === "") throw new UsageError(`${name} is empty.`, "It must hold one JSON or YAML document.");
  const json = /\.json$/i.test(file) || /^\s*[[{]/.test(content);
  try {
    return json && !bareNumbers.test(content) ? JSON.parse(content) : parse(content, { merge: true });
  } catch (error) {
    const why = error instanceof YAMLParseError ? (error.message.split("\n")[0] ?? "") : (error as Error).message;
    throw new UsageError(
      `${name} is not ${json ? "JSON" : "YAML"}: ${why.replace(/:$/, "")}.`,
      "Put it right and try again.",
    );
  }
}

/** Python writes NaN and Infinity bare, which JSON does not know; YAML reads them as the words that stand for them. */
const bareNumbers = /[[,:]\s*-?(NaN|Infinity)\b/;

async function readText(path: string, name: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    const why =
      error.code === "ENOENT"
        ? "does not exist"
        : error.code === "EISDIR"
          ? "is a folder"
          : `cannot be read (${error.code})`;
    throw new UsageError(`${name} ${why}.`, `Looked for ${path}.`);
  });
}
