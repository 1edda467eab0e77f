import { csrfHeader, frameType, type Operation } from "@etude/contracts";
import { EtudeError, errorOfResponse, unreachable } from "./error.ts";

/** What a call may carry beside the operation's own arguments. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** A repeated POST with the same key returns what the first one made. */
  readonly idempotencyKey?: string | undefined;
}

/** Arguments of any operation, names of path and query flattened into one object. */
export type FlatArguments = CallOptions & { readonly body?: unknown } & Readonly<Record<string, unknown>>;

export interface Target {
  /** Address of the server; a path in it is kept, for servers behind a proxy. */
  readonly url: string;
  /** API key; in a browser leave it out and log in with `createSession`. */
  readonly key?: string | undefined;
  /** Instead of the global fetch. */
  readonly fetch?: typeof fetch | undefined;
}

/** The server's address without a trailing slash. Throws an EtudeError when it is no http(s) address. */
export function baseOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol === "http:" || parsed?.protocol === "https:") {
    return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "")}`;
  }
  throw new EtudeError({
    code: "invalid_url",
    status: 0,
    title: "This is no address of a server",
    detail: `url is ${JSON.stringify(url)}; allowed is an http or https address.`,
    remedy: "Write it like http://127.0.0.1:4800.",
  });
}

/** The address of a call: path parameters filled in, the rest of the arguments that the query knows appended. */
function urlOf(operation: Operation, url: string, args: FlatArguments): string {
  const path = operation.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = args[name];
    if (typeof value !== "string" || value === "") {
      throw new TypeError(`${name} is ${JSON.stringify(value)}; allowed is a text that is not empty.`);
    }
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const name of Object.keys(operation.query?.shape ?? {})) {
    const value = args[name];
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(name, String(one));
  }
  const text = query.toString();
  return `${baseOf(url)}${path}${text === "" ? "" : `?${text}`}`;
}

/** Sends a call. Returns the response when it is 2xx; throws an EtudeError otherwise, and the signal's reason on abort. */
export async function send(operation: Operation, target: Target, args: FlatArguments): Promise<Response> {
  const url = urlOf(operation, target.url, args);
  const headers: Record<string, string> = { accept: "application/json" };
  if (target.key !== undefined) headers["authorization"] = `Bearer ${target.key}`;
  if (operation.method !== "GET") headers[csrfHeader] = "1";
  if (args.idempotencyKey !== undefined) headers["idempotency-key"] = args.idempotencyKey;
  const frame = args.body instanceof Uint8Array ? args.body : undefined;
  if (operation.body) headers["content-type"] = frame ? (operation.consumes?.[0] ?? frameType) : "application/json";
  const response = await (target.fetch ?? fetch)(url, {
    method: operation.method,
    headers,
    credentials: "same-origin",
    ...(operation.body ? { body: frame ? (frame as Uint8Array<ArrayBuffer>) : JSON.stringify(args.body ?? {}) } : {}),
    ...(args.signal ? { signal: args.signal } : {}),
  }).catch((error: unknown) => {
    throw args.signal?.aborted ? args.signal.reason : unreachable(target.url, error);
  });
  if (!response.ok) throw await errorOfResponse(response);
  return response;
}
