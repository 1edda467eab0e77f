/** Who calls, and what they may do. */
import { type ApiKey, csrfHeader, type KeyId, Problem, type Scope, scopeCovers } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { FastifyRequest } from "fastify";
import { hostNameOf, isLoopbackName, isOwnOrigin } from "./origin.ts";

export const sessionCookie = "etude_session";

export interface Caller {
  readonly scope: Scope;
  /** Null for everybody on loopback while there is no key. */
  readonly key: { readonly id: KeyId; readonly name: string } | null;
  readonly via: "loopback" | "key" | "session";
}

type Stores = Pick<Database, "keys" | "sessions">;

/** How long an answer to "is there any key?" holds; a key made or revoked here counts at once. */
const keysKnownForMs = 2000;
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

const callerWith = (key: ApiKey, via: Caller["via"]): Caller => ({
  scope: key.scope,
  key: { id: key.id, name: key.name },
  via,
});

/** The caller of a request without credentials: admin on loopback, by a loopback name, while there is no key. */
function loopbackCaller(request: FastifyRequest): Caller {
  // The socket's own address: a header of a proxy proves nothing.
  const address = request.raw.socket?.remoteAddress ?? "127.0.0.1";
  const { host = "", origin } = request.headers;
  const ours = origin === undefined || isOwnOrigin(origin, host, undefined);
  if (!ours || !isLoopbackName(address) || !isLoopbackName(hostNameOf(host)))
    throw new Problem("unauthenticated", "Without any key, Etude answers to this machine only.");
  return { scope: "admin", key: null, via: "loopback" };
}

/** Decides about requests by keys, sessions, or the lack of any key. */
export class Access {
  readonly #stores: Stores;
  #keysExist: { value: boolean; until: number } | undefined;

  constructor(stores: Stores) {
    this.#stores = stores;
  }

  /** True when callers need a key: any key exists. */
  async keysRequired(): Promise<boolean> {
    const now = Date.now();
    if (this.#keysExist === undefined || this.#keysExist.until < now)
      this.#keysExist = { value: await this.#stores.keys.exist(), until: now + keysKnownForMs };
    return this.#keysExist.value;
  }

  /** To be called when this process has made or revoked a key. */
  forget(): void {
    this.#keysExist = undefined;
  }

  /** Returns who sends the request. Throws Problem unauthenticated, or forbidden for a forged browser request. */
  async identify(request: FastifyRequest): Promise<Caller> {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      const [, secret] = /^Bearer +(\S+)$/i.exec(authorization) ?? [];
      const key = secret === undefined ? null : await this.#stores.keys.verify(secret);
      if (key === null) throw new Problem("unauthenticated", "The Authorization header holds no valid key.");
      return callerWith(key, "key");
    }
    const token = request.cookies[sessionCookie];
    const key = token === undefined ? null : await this.#stores.sessions.verify(token);
    if (key !== null) {
      if (!safeMethods.has(request.method) && request.headers[csrfHeader] === undefined)
        throw new Problem("forbidden", `Changes made with a session cookie need the header ${csrfHeader}.`);
      return callerWith(key, "session");
    }
    if (await this.keysRequired()) throw new Problem("unauthenticated");
    return loopbackCaller(request);
  }

  /** Returns the caller of a request that needs `scope`. Throws Problem unauthenticated, forbidden. */
  async admit(request: FastifyRequest, scope: Scope): Promise<Caller> {
    const caller = await this.identify(request);
    if (!scopeCovers(caller.scope, scope))
      throw new Problem("forbidden", `This needs the scope ${scope}; the key has ${caller.scope}.`);
    return caller;
  }
}

/** Refuses to listen where others could connect while there is no key. */
export function assertMayListen(host: string, keysExist: boolean): void {
  if (keysExist || isLoopbackName(host)) return;
  throw new Error(
    `ETUDE_HOST=${host} would let everybody in: there is no key yet. Set ETUDE_ADMIN_KEY (or ETUDE_ADMIN_KEY_FILE) to a ` +
      "secret of your own, or make a key with `etude keys create` while Etude listens on 127.0.0.1.",
  );
}
