import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { UsageError } from "../exit-codes.ts";
import { describeUpload } from "../format/upload.ts";
import type { Register } from "../program.ts";

const examples = `
Examples:
  etude upload iris.csv
  etude upload images.npy --name "Street signs"
  etude submit --dataset upload --set dataset.upload=ID --set dataset.target=species --schedule cosine --rate 0.1`;

export const uploadCommand: Register = (program, context) => {
  program
    .command("upload")
    .summary("upload a file of data")
    .description("Upload a CSV, NPY, NPZ or Parquet file and say what is in it.")
    .argument("<file>", "the file; - for stdin")
    .option("--name <text>", "shown in lists (default: the file's name)")
    .addHelpText("after", examples)
    .action(async (file: string, { name }: { name?: string }, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const body = new Uint8Array(file === "-" ? await buffer(io.stdin) : await bytesOf(resolve(io.cwd, file), file));
      const { client } = await connect();
      const upload = await client.createUpload({
        name: name ?? (file === "-" ? undefined : basename(file)),
        body,
        signal: io.interrupt,
      });
      if (json) printJson(upload);
      else print(describeUpload(upload, style));
    });
};

async function bytesOf(path: string, file: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    const why = error.code === "ENOENT" ? "does not exist" : `cannot be read (${error.code})`;
    throw new UsageError(`${file} ${why}.`, `Looked for ${path}.`);
  });
}
