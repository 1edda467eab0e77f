import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import type { ImportedEvidence, NewEvidenceTask } from "@etude/contracts";
import { readShippedRows } from "@etude/learning/corpus";
import type { Client } from "@etude/sdk";
import { curveIn } from "../evidence/curve-in.ts";
import { UsageError } from "../exit-codes.ts";
import { formatCount } from "../format/numbers.ts";
import type { Io } from "../io.ts";
import type { Register } from "../program.ts";
import { readDocument } from "../read-input.ts";
import { number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude evidence import results.ndjson.gz
  etude evidence import --corpus
  etude evidence import cosine.csv --describe task.yaml --label "cosine, 3e-4" --seed 1

NDJSON, also compressed with gzip, holds a row of evidence a line, as \`etude evidence export\` and \`etude study
report --evidence\` write them. CSV holds one learning curve with the columns step, lr and loss; --describe names a file
with the task: id, family, domain, dataset, model, optimizer, batchSize, steps. What is there already counts once.`;

interface Options {
  readonly corpus?: boolean;
  readonly describe?: string;
  readonly label?: string;
  readonly seed: number;
}

/** Rows in one request. */
const atOnce = 500;

export const importEvidenceCommand: Register = (program, context) => {
  program
    .command("import")
    .summary("add rows of evidence, or curves from elsewhere")
    .description("Add rows of evidence (NDJSON) or learning curves from elsewhere (CSV), so that they teach too.")
    .argument("[files...]", "NDJSON, NDJSON with gzip, or CSV")
    .option("--corpus", "the rows that Etude ships with")
    .option("--describe <file>", "with CSV: the task, as JSON or YAML")
    .option("--label <text>", "with CSV: what to call the schedule (default: the file's name)")
    .option("--seed <n>", "with CSV: the seed of the run", number, 0)
    .addHelpText("after", examples)
    .action(async (files: string[], options: Options, command) => {
      const { io, json, print, printJson, connect } = context(command);
      if (files.length === 0 && options.corpus !== true) {
        throw new UsageError("There is nothing to import.", "Give files, or --corpus.");
      }
      const { client } = await connect();
      let total = { received: 0, added: 0 };
      const add = ({ received, added }: typeof total): void => {
        total = { received: total.received + received, added: total.added + added };
      };
      if (options.corpus === true) add(await send(client, io, await readShippedRows("corpus")));
      for (const file of files) {
        add(file.endsWith(".csv") ? await importCsv(client, io, file, options) : await importRows(client, io, file));
      }
      if (json) printJson(total);
      else print(`${formatCount(total.received)} rows, ${formatCount(total.added)} of them new`);
    });
};

async function send(client: Client, io: Io, rows: readonly object[]): Promise<{ received: number; added: number }> {
  let added = 0;
  for (let first = 0; first < rows.length; first += atOnce) {
    // The server checks the rows.
    const body = { rows: rows.slice(first, first + atOnce) as ImportedEvidence[] };
    added += (await client.importEvidence({ body, signal: io.interrupt })).added;
  }
  return { received: rows.length, added };
}

async function bytesOf(file: string, io: Io): Promise<Buffer> {
  const path = resolve(io.cwd, file);
  return readFile(path).catch(() => {
    throw new UsageError(`${file} cannot be read.`, `Looked for ${path}.`);
  });
}

async function importRows(client: Client, io: Io, file: string): Promise<{ received: number; added: number }> {
  const bytes = await bytesOf(file, io);
  const lines = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString().split("\n");
  const rows = lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as object];
    } catch {
      throw new UsageError(`${file}: line ${i + 1} is not JSON.`, "Each line must hold one row of evidence.");
    }
  });
  return send(client, io, rows);
}

async function importCsv(
  client: Client,
  io: Io,
  file: string,
  { describe, label = basename(file, ".csv"), seed }: Options,
): Promise<{ received: number; added: number }> {
  if (describe === undefined) {
    throw new UsageError(`${file} holds a curve, and nothing says of which task.`, "Describe it: --describe task.yaml");
  }
  const task = (await readDocument(describe, io)) as NewEvidenceTask;
  const curve = curveIn(file, (await bytesOf(file, io)).toString());
  const { added } = await client.importCurve({ body: { task, label, seed, curve }, signal: io.interrupt });
  return { received: 1, added: added ? 1 : 0 };
}
