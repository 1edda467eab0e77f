import type { Upload } from "@etude/contracts";
import { formatAgo, formatCount } from "../format/numbers.ts";
import { formatTable } from "../format/table.ts";
import { describeUpload } from "../format/upload.ts";
import type { Register } from "../program.ts";
import { number } from "../specs/spec-options.ts";

const examples = `
Examples:
  etude uploads list
  etude uploads show ID
  etude uploads delete ID`;

const reference = "id or SHA-256, as `etude uploads list` shows it";

export const uploadsCommand: Register = (program, context) => {
  const uploads = program
    .command("uploads")
    .summary("list, show and delete uploaded files of data")
    .description("List, show and delete uploaded files of data.")
    .addHelpText("after", examples);
  uploads
    .command("list")
    .description("List uploads, newest first.")
    .option("-n, --limit <n>", "uploads on a page, at most 500", number, 50)
    .addHelpText("after", "\nExample:\n  etude uploads list")
    .action(async ({ limit }: { limit: number }, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const page = await client.listUploads({ limit, signal: io.interrupt });
      if (json) return printJson(page);
      if (page.uploads.length === 0) return print("No uploads. Make one: etude upload FILE");
      const now = Date.now();
      const row = ({ id, name, bytes, schema, createdAt }: Upload): string[] => [
        id,
        name,
        schema.format,
        formatCount(schema.rows),
        formatCount(schema.columns.length),
        formatCount(bytes),
        formatAgo(createdAt, now),
      ];
      const titles = ["ID", "NAME", "FORMAT", "ROWS", "COLUMNS", "BYTES", "CREATED"];
      print(
        formatTable(
          titles.map((title) => ({ title })),
          page.uploads.map(row),
          style,
        ),
      );
    });
  uploads
    .command("show")
    .description("Say what is in an upload, column by column.")
    .argument("<upload>", reference)
    .addHelpText("after", "\nExample:\n  etude uploads show ID")
    .action(async (ref: string, _, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const upload = await client.getUpload({ upload: ref, signal: io.interrupt });
      if (json) printJson(upload);
      else print(describeUpload(upload, style));
    });
  uploads
    .command("delete")
    .description("Delete an upload. Runs that learned from it keep their history.")
    .argument("<upload>", reference)
    .addHelpText("after", "\nExample:\n  etude uploads delete ID")
    .action(async (ref: string, _, command) => {
      const { io, json, print, printJson, connect } = context(command);
      const { client } = await connect();
      const { id, name } = await client.getUpload({ upload: ref, signal: io.interrupt });
      await client.deleteUpload({ upload: id, signal: io.interrupt });
      if (json) printJson({ deleted: id });
      else print(`${id}  ${name}  deleted`);
    });
};
