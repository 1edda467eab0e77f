import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { run } from "../src/program.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line inside this process, without a terminal. */
export async function runCli(
  argv: readonly string[],
  more: {
    stdin?: string;
    env?: Record<string, string>;
    cwd?: string;
    configFile?: string;
    interrupt?: AbortSignal;
  } = {},
): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const code = await run(argv, {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    stdin: Readable.from(more.stdin === undefined ? [] : [more.stdin]),
    env: more.env ?? {},
    cwd: more.cwd ?? tmpdir(),
    configFile: more.configFile ?? join(tmpdir(), "no-such-folder", "config.json"),
    interrupt: more.interrupt ?? new AbortController().signal,
  });
  return { code, stdout, stderr };
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

/** A server that remembers what it is asked and gives the answers that a test wants. */
export async function startServer(answer: (asked: Asked) => { status?: number; body?: unknown }) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const one = {
      method: request.method ?? "",
      path: request.url ?? "",
      headers: request.headers,
      body: text === "" ? undefined : (JSON.parse(text) as unknown),
    };
    asked.push(one);
    const { status = 200, body } = answer(one);
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(body === undefined ? "" : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => new Promise((resolve) => server.close(resolve)) };
}
