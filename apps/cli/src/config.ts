import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { UsageError } from "./exit-codes.ts";

const Config = z.strictObject({ url: z.string().optional(), key: z.string().optional() });
/** What `login` keeps. */
export type Config = z.output<typeof Config>;

/** Reads the user's configuration; empty when there is none. Throws a UsageError when the file cannot be understood. */
export async function readConfig(file: string): Promise<Config> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "{}";
    throw new UsageError(`${file} cannot be read (${error.code}).`, "Make it readable, or delete it.");
  });
  try {
    return Config.parse(JSON.parse(text));
  } catch {
    throw new UsageError(`${file} is not what \`etude login\` writes.`, "Delete it and log in again.");
  }
}

/** Writes the configuration so that only its owner can read it, whole or not at all. */
export async function writeConfig(file: string, config: Config): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const part = `${file}.${process.pid}.part`;
  await writeFile(part, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await chmod(part, 0o600);
  await rename(part, file);
}
