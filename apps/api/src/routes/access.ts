import { Problem, type Session } from "@etude/contracts";
import type { Database } from "@etude/db";
import type { FastifyInstance } from "fastify";
import { type Access, sessionCookie } from "../access/access.ts";
import { serve } from "../serve.ts";

interface AccessRoutesOptions {
  readonly db: Database;
  readonly access: Access;
  /** Whether browsers come by https, so that the cookie never travels without. */
  readonly https: boolean;
}

/** Keys and browser sessions. */
export function accessRoutes(app: FastifyInstance, { db, access, https }: AccessRoutesOptions): void {
  const cookie = { path: "/", httpOnly: true, sameSite: "strict", secure: https } as const;

  serve(app, "createKey", async ({ body }) => {
    const key = await db.keys.create(body);
    access.forget();
    return key;
  });

  serve(app, "listKeys", async () => ({ keys: await db.keys.list() }));

  serve(app, "revokeKey", async ({ params }) => {
    await db.keys.revoke(params.keyId);
    access.forget();
  });

  serve(app, "createSession", async ({ body, reply }): Promise<Session> => {
    const key = await db.keys.verify(body.key);
    if (key === null) throw new Problem("unauthenticated", "This key is not known.");
    const { token, expiresAt } = await db.sessions.create(key.id);
    void reply.setCookie(sessionCookie, token, { ...cookie, expires: expiresAt });
    return { scope: key.scope, keyName: key.name, keysRequired: true };
  });

  serve(app, "getSession", async ({ request }): Promise<Session> => {
    const { caller } = request;
    if (caller === null) throw new Problem("unauthenticated");
    return { scope: caller.scope, keyName: caller.key?.name ?? null, keysRequired: await access.keysRequired() };
  });

  serve(app, "deleteSession", async ({ request, reply }) => {
    const token = request.cookies[sessionCookie];
    if (token !== undefined) await db.sessions.remove(token);
    void reply.clearCookie(sessionCookie, cookie);
  });
}
