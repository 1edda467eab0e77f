import { scopes } from "@etude/contracts";
import { Argument, Option } from "commander";
import { UsageError } from "../exit-codes.ts";
import { formatAgo } from "../format/numbers.ts";
import { shortId } from "../format/run.ts";
import { formatTable } from "../format/table.ts";
import type { Register } from "../program.ts";

const examples = `
Examples:
  etude keys create "CI" --scope write
  etude keys list
  etude keys revoke CI

As soon as there is a key, the server asks everybody for one. Making keys needs the scope admin.`;

export const keysCommand: Register = (program, context) => {
  const keys = program
    .command("keys")
    .summary("make, list and revoke API keys")
    .description("Make, list and revoke API keys.")
    .addHelpText("after", examples);
  keys
    .command("create")
    .description("Make a key. It is shown once.")
    .argument("<name>", "what it is for")
    .addOption(new Option("--scope <scope>", "what it allows").choices(scopes).default("write"))
    .addHelpText("after", '\nExample:\n  etude keys create "CI" --scope write')
    .action(async (name: string, { scope }: { scope: (typeof scopes)[number] }, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const made = await client.createKey({ body: { name, scope }, signal: io.interrupt });
      if (json) return printJson(made);
      print(made.key);
      io.stderr.write(style.dim(`Key ${JSON.stringify(made.name)} with scope ${made.scope}. It is not shown again.\n`));
    });
  keys
    .command("list")
    .description("List keys, without the keys themselves.")
    .addHelpText("after", "\nExample:\n  etude keys list")
    .action(async (_, command) => {
      const { io, json, style, print, printJson, connect } = context(command);
      const { client } = await connect();
      const { keys } = await client.listKeys({ signal: io.interrupt });
      if (json) return printJson({ keys });
      if (keys.length === 0)
        return print("No keys: the server listens on this machine only, and everybody there is admin.");
      const now = Date.now();
      const rows = keys.map(({ id, name, scope, prefix, createdAt, lastUsedAt }) => [
        shortId(id),
        name,
        scope,
        `${prefix}…`,
        formatAgo(createdAt, now),
        lastUsedAt === null ? "never" : formatAgo(lastUsedAt, now),
      ]);
      print(
        formatTable(
          ["ID", "NAME", "SCOPE", "KEY", "CREATED", "USED"].map((title) => ({ title })),
          rows,
          style,
        ),
      );
    });
  keys
    .command("revoke")
    .description("Revoke a key; requests with it are refused from then on.")
    .addArgument(new Argument("<key>", "id, end of an id, or name"))
    .addHelpText("after", "\nExample:\n  etude keys revoke CI")
    .action(async (reference: string, _, command) => {
      const { io, json, print, printJson, connect } = context(command);
      const { client } = await connect();
      const { keys } = await client.listKeys({ signal: io.interrupt });
      const found = keys.filter(({ id, name }) => id.endsWith(reference) || name === reference);
      const [key, second] = found;
      if (key === undefined || second !== undefined) {
        const count = key === undefined ? "No key fits" : `${found.length} keys fit`;
        throw new UsageError(`${count} ${JSON.stringify(reference)}.`, "Give an id as `etude keys list` shows it.");
      }
      await client.revokeKey({ keyId: key.id, signal: io.interrupt });
      if (json) printJson({ revoked: key.id });
      else print(`${shortId(key.id)}  ${key.name}  revoked`);
    });
};
