import { csrfHeader, type Scope, type Session } from "@etude/contracts";
import { beforeAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { Access, assertMayListen } from "../src/access/access.ts";
import { type Answer, problemOf, smallRun, startApi } from "./harness.ts";

const evil = "http://evil.example";

describe("without any key", async () => {
  const { url } = await withDatabase();
  const { app, call } = await startApi(url);

  test("everybody on this machine is admin", async () => {
    for (const host of ["localhost:4800", "127.0.0.1:4800", "[::1]:4800"]) {
      const answer = await call("getSession", { headers: { host } });
      expect(answer.json<Session>()).toEqual({ scope: "admin", keyName: null, keysRequired: false });
    }
    expect((await call("listKeys")).json()).toEqual({ keys: [] });
  });

  test("another machine is refused, whatever a proxy header says", async () => {
    const headers = { "x-forwarded-for": "127.0.0.1" };
    const answer = await call("listRuns", { remoteAddress: "10.0.0.9", headers });
    expect(problemOf(answer).code).toBe("unauthenticated");
    expect(problemOf(await call("listRuns", { headers: { host: "192.168.1.7:4800" } })).code).toBe("unauthenticated");
  });

  test("a rebound name is refused, also with a made-up key", async () => {
    expect(problemOf(await call("listRuns", { headers: { host: "evil.example" } })).code).toBe("origin_refused");
    const headers = { host: "evil.example", authorization: "Bearer x" };
    expect(problemOf(await call("listRuns", { headers })).code).toBe("unauthenticated");
    for (const authorization of ["Basic YTpi", "Bearer", "Bearer ", ""])
      expect(problemOf(await call("listRuns", { headers: { authorization } })).code, authorization).toBe(
        "unauthenticated",
      );
  });

  test("pages of other sites may not call, not even of another port", async () => {
    for (const origin of [evil, "http://localhost:3000", "null", "file://"]) {
      const answer = await call("createRun", { payload: smallRun, headers: { origin } });
      expect(problemOf(answer).code, origin).toBe("origin_refused");
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    const own = await call("listRuns", { headers: { host: "localhost:4800", origin: "http://localhost:4800" } });
    expect(own.statusCode).toBe(200);
    const preflight = await app.inject({
      method: "OPTIONS",
      url: "/v1/runs",
      headers: { origin: evil, "access-control-request-method": "POST" },
    });
    expect(preflight.headers["access-control-allow-origin"]).toBeUndefined();
  });

  test("only loopback may be listened on", () => {
    for (const host of ["127.0.0.1", "localhost", "::1"]) expect(() => assertMayListen(host, false)).not.toThrow();
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "etude.example"]) {
      expect(() => assertMayListen(host, false)).toThrow(/ETUDE_ADMIN_KEY/);
      expect(() => assertMayListen(host, true)).not.toThrow();
    }
  });
});

describe("with keys", async () => {
  const { url } = await withDatabase();
  const site = "https://etude.example";
  const other = "https://notebook.example";
  const { app, call, db } = await startApi(url, { ETUDE_PUBLIC_URL: site, ETUDE_CORS_ORIGINS: other });
  const keys = {} as Record<Scope, string>;
  const bearer = (scope: Scope) => ({ authorization: `Bearer ${keys[scope]}` });

  beforeAll(async () => {
    const admin = "a-secret-of-the-operator";
    await db.keys.ensure(admin, { name: "first", scope: "admin" });
    keys.admin = admin;
    for (const scope of ["read", "write"] as const) {
      const answer = await call("createKey", { payload: { name: scope, scope }, headers: bearer("admin") });
      expect(answer.statusCode).toBe(201);
      keys[scope] = answer.json<{ key: string }>().key;
    }
  });

  test("keys look like keys, are shown once, and are kept as hashes", async () => {
    expect(keys.write).toMatch(/^etude_[\w-]{43}$/);
    const listed = await call("listKeys", { headers: bearer("admin") });
    expect(
      listed
        .json<{ keys: { name: string }[] }>()
        .keys.map(({ name }) => name)
        .sort(),
    ).toEqual(["first", "read", "write"]);
    expect(listed.body).not.toContain(keys.write);
    expect(listed.body).not.toContain("hash");
  });

  test("nothing works without one, this machine included", async () => {
    for (const name of ["listRuns", "getSession", "getInfo", "getCatalogue"] as const) {
      const answer = await call(name);
      expect(problemOf(answer).code).toBe("unauthenticated");
    }
    for (const path of ["/metrics", "/docs/json"]) {
      expect(problemOf(await app.inject({ url: path })).code).toBe("unauthenticated");
      expect((await app.inject({ url: path, headers: bearer("read") })).statusCode).toBe(200);
    }
    expect((await app.inject({ url: "/health/live" })).statusCode).toBe(200);
    expect((await app.inject({ url: "/", headers: { accept: "text/html" } })).statusCode).toBe(200);
  });

  test("a key is checked before the body is read", async () => {
    const answer = await call("createRun", { payload: "{", headers: { "content-type": "application/json" } });
    expect(problemOf(answer).code).toBe("unauthenticated");
  });

  test("scopes hold", async () => {
    const create = (scope: Scope): Promise<Answer> => call("createRun", { payload: smallRun, headers: bearer(scope) });
    expect((await call("listRuns", { headers: bearer("read") })).statusCode).toBe(200);
    expect(problemOf(await create("read"))).toMatchObject({
      code: "forbidden",
      detail: expect.stringContaining("write"),
    });
    expect((await create("write")).statusCode).toBe(202);
    expect(problemOf(await call("listKeys", { headers: bearer("write") })).code).toBe("forbidden");
    expect((await create("admin")).statusCode).toBe(202);
  });

  test("a key may come by any host, a page only from the sites that are named", async () => {
    const headers = { ...bearer("read"), host: "api:4800" };
    expect((await call("listRuns", { headers })).statusCode).toBe(200);
    const allowed = await call("listRuns", { headers: { ...headers, origin: other } });
    expect([allowed.statusCode, allowed.headers["access-control-allow-origin"]]).toEqual([200, other]);
    const own = await call("listRuns", { headers: { ...headers, origin: site } });
    expect(own.statusCode).toBe(200);
    expect(problemOf(await call("listRuns", { headers: { ...headers, origin: evil } })).code).toBe("origin_refused");
  });

  test("a browser logs in, needs the header to change things, and logs out", async () => {
    const login = await call("createSession", {
      payload: { key: keys.write },
      headers: { host: "etude.example", origin: site },
    });
    expect(login.statusCode).toBe(201);
    expect(login.json()).toEqual({ scope: "write", keyName: "write", keysRequired: true });
    const [cookie] = login.cookies;
    expect(cookie).toMatchObject({
      name: "etude_session",
      httpOnly: true,
      sameSite: "Strict",
      secure: true,
      path: "/",
    });
    expect(cookie?.value).not.toContain(keys.write);
    const cookies = { etude_session: cookie?.value ?? "" };
    const host = "etude.example";

    expect((await call("getSession", { cookies, headers: { host } })).json()).toMatchObject({ keyName: "write" });
    const forged = await call("createRun", { payload: smallRun, cookies, headers: { host } });
    expect(problemOf(forged)).toMatchObject({ code: "forbidden", detail: expect.stringContaining(csrfHeader) });
    const meant = await call("createRun", { payload: smallRun, cookies, headers: { host, [csrfHeader]: "1" } });
    expect(meant.statusCode).toBe(202);

    const logout = await call("deleteSession", { cookies, headers: { host } });
    expect(logout.cookies[0]).toMatchObject({ name: "etude_session", value: "" });
    expect(problemOf(await call("getSession", { cookies, headers: { host } })).code).toBe("unauthenticated");
  });

  test("a wrong key gives no session", async () => {
    const answer = await call("createSession", { payload: { key: "etude_wrong" } });
    expect(problemOf(answer).code).toBe("unauthenticated");
    expect(answer.cookies).toEqual([]);
  });

  test("a revoked key is worth nothing at once, and neither is its session", async () => {
    const made = (await call("createKey", { payload: { name: "short-lived" }, headers: bearer("admin") })).json<{
      id: string;
      key: string;
    }>();
    const headers = { authorization: `Bearer ${made.key}` };
    const login = await call("createSession", { payload: { key: made.key } });
    const cookies = { etude_session: login.cookies[0]?.value ?? "" };
    expect((await call("listRuns", { headers })).statusCode).toBe(200);
    const revoked = await call("revokeKey", { params: { keyId: made.id }, headers: bearer("admin") });
    expect(revoked.statusCode).toBe(204);
    expect(problemOf(await call("listRuns", { headers })).code).toBe("unauthenticated");
    expect(problemOf(await call("listRuns", { cookies })).code).toBe("unauthenticated");
  });
});

describe("with another site allowed and no key", async () => {
  const { url } = await withDatabase();
  const { call } = await startApi(url, { ETUDE_CORS_ORIGINS: "https://notebook.example" });

  test("its pages are nobody", async () => {
    const answer = await call("listRuns", { headers: { origin: "https://notebook.example" } });
    expect(problemOf(answer).code).toBe("unauthenticated");
  });
});

test("a key made by another replica counts within seconds, one of our own at once", async () => {
  let exist = false;
  const access = new Access({ keys: { exist: async () => exist } as never, sessions: {} as never });
  expect(await access.keysRequired()).toBe(false);
  exist = true;
  expect(await access.keysRequired()).toBe(false);
  access.forget();
  expect(await access.keysRequired()).toBe(true);
});

describe("with a limit of three requests a minute", async () => {
  const { url } = await withDatabase();
  const { call, app } = await startApi(url, { ETUDE_RATE_LIMIT_PER_MINUTE: "3" });

  test("the fourth is told to wait", async () => {
    for (let i = 0; i < 3; i += 1) expect((await call("listRuns")).statusCode).toBe(200);
    const refused = await call("listRuns");
    expect(problemOf(refused).code).toBe("rate_limited");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await app.inject({ url: "/health/live" })).statusCode).toBe(200);
  });
});
