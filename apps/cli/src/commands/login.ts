import { createClient } from "@etude/sdk/node";
import { ask } from "../ask.ts";
import { writeConfig } from "../config.ts";
import { defaultUrl, type GlobalOptions } from "../context.ts";
import type { Register } from "../program.ts";

const examples = `
Examples:
  etude login --url https://etude.example.org      asks for the key
  etude login --url https://etude.example.org --key "$KEY"`;

export const loginCommand: Register = (program, context) => {
  program
    .command("login")
    .summary("keep a server's address and a key")
    .description("Check an address and a key and keep them in your configuration, readable by you only.")
    .addHelpText("after", examples)
    .action(async (_, command) => {
      const { io, json, print, printJson } = context(command);
      const options = command.optsWithGlobals() as GlobalOptions;
      const url = options.url ?? io.env["ETUDE_URL"] ?? defaultUrl;
      const given = options.key ?? io.env["ETUDE_KEY"] ?? (await ask(io, `Key for ${url} (empty: none): `, true));
      const key = given === "" ? undefined : given;
      const session = await createClient({ url, key }).getSession({ signal: io.interrupt });
      await writeConfig(io.configFile, key === undefined ? { url } : { url, key });
      if (json) return printJson({ url, scope: session.scope, file: io.configFile });
      const who = session.keyName === null ? "" : ` as ${JSON.stringify(session.keyName)}`;
      print(`Logged in to ${url}${who} with scope ${session.scope}. Kept in ${io.configFile}.`);
    });
};
