import { type Client, createClient } from "@etude/sdk/node";
import type { Command } from "commander";
import { readConfig } from "./config.ts";
import { type Style, styleFor } from "./format/style.ts";
import type { Io } from "./io.ts";

export const defaultUrl = "http://127.0.0.1:4800";

/** Options that every command takes. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly url?: string;
  readonly key?: string;
}

/** A server and how to speak with it. */
export interface Connection {
  readonly url: string;
  readonly key: string | undefined;
  readonly client: Client;
}

/** What a command works with. */
export interface Context {
  readonly io: Io;
  readonly json: boolean;
  readonly style: Style;
  /** Writes a line, or a text that ends with one, to stdout. */
  print(text: string): void;
  printJson(value: unknown): void;
  /** Address and key: option, then environment, then what `login` kept, then the default. */
  connect(): Promise<Connection>;
}

export function createContext(io: Io, command: Command): Context {
  const options = command.optsWithGlobals<GlobalOptions>();
  const print = (text: string): void => void io.stdout.write(text.endsWith("\n") ? text : `${text}\n`);
  return {
    io,
    json: options.json === true,
    style: styleFor(io.stdout, io.env),
    print,
    printJson: (value) => print(JSON.stringify(value)),
    connect: async () => {
      const given = options.url ?? io.env["ETUDE_URL"];
      const config = await readConfig(io.configFile);
      const url = given ?? config.url ?? defaultUrl;
      // A kept key is for the server that it was kept for, and goes to no other.
      const key = options.key ?? io.env["ETUDE_KEY"] ?? (url === config.url ? config.key : undefined);
      return { url, key, client: createClient({ url, key }) };
    },
  };
}
