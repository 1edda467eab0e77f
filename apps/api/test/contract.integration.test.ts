import { type Operation, type OperationName, operations } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { nobody, problemOf, startApi } from "./harness.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { app, call } = api;

/** Bodies that fit, where an empty one does not. */
const bodies: Partial<Record<OperationName, object>> = {
  writePoints: { series: [{ key: "train/loss", from: 0, steps: [0], values: [1] }] },
  nextRate: { step: 0 },
  rewindRun: { toStep: 0 },
  finishRun: { outcome: "completed" },
};
const bodyFor = (name: OperationName, method: string): { payload?: object } =>
  method === "POST" || method === "PATCH" ? { payload: bodies[name] ?? {} } : {};

const everywhere = ({ shape }: NonNullable<Operation["params"]>, value: string): Record<string, string> =>
  Object.fromEntries(Object.keys(shape).map((key) => [key, value]));

describe("every operation", () => {
  const all = Object.entries<Operation>(operations) as [OperationName, Operation][];

  test.each(all)("%s has a route that validates its path", async (name, { params, method, path }) => {
    const registered = app.hasRoute({ method, url: path });
    expect(registered).toBe(true);
    if (params === undefined) return;
    // Some are found by a name too; none has one that long, and the router says so by itself.
    const wrong = params.safeParse(everywhere(params, "not-an-id")).success ? "x".repeat(300) : "not-an-id";
    const bad = everywhere(params, wrong);
    const body = problemOf(await call(name, { params: bad, ...bodyFor(name, method) }));
    expect(body.code).toBe("validation_failed");
    if (wrong.length > 100) return;
    expect(body.errors?.[0]).toMatchObject({
      path: expect.stringMatching(/^path\./),
      message: expect.stringContaining(wrong),
    });
  });

  test.each(all.filter(([, { params, problems: own }]) => params && own.some((code) => code.endsWith("_not_found"))))(
    "%s answers 404 for an id that nothing has",
    async (name, { params, method }) => {
      const ids = Object.fromEntries(Object.keys(params?.shape ?? {}).map((key) => [key, nobody]));
      const answer = await call(name, { params: ids, ...bodyFor(name, method) });
      expect(answer.statusCode).toBe(404);
      expect(problemOf(answer).code).toMatch(/_not_found$/);
    },
  );

  // An upload's body is the file, whatever it is.
  test.each(all.filter(([, { body, consumes }]) => body !== undefined && consumes === undefined))(
    "%s refuses bodies that are no objects",
    async (name, { params }) => {
      const ids = Object.fromEntries(Object.keys(params?.shape ?? {}).map((key) => [key, nobody]));
      for (const payload of ["[]", "7", '"x"']) {
        const answer = await call(name, { params: ids, payload, headers: { "content-type": "application/json" } });
        expect(problemOf(answer).code).toBe("validation_failed");
      }
      for (const payload of ["{", "{'a':1}", "NaN", '{"a":1}}', '{"__proto__":{"x":1}}']) {
        const answer = await call(name, { params: ids, payload, headers: { "content-type": "application/json" } });
        expect(problemOf(answer).code).toBe("malformed_json");
      }
      for (const type of ["text/plain", "application/xml", "application/x-www-form-urlencoded"]) {
        const answer = await call(name, { params: ids, payload: "{}", headers: { "content-type": type } });
        expect(problemOf(answer).code).toBe("unsupported_media_type");
      }
    },
  );
});

describe("addresses", () => {
  test.each(["/v1", "/v1/nothing", "/v1/runs/a/b/c", "/health/other", "/docs2/x", "/assets/none.js"])(
    "%s is unknown",
    async (path) => {
      const answer = await app.inject({ url: path, headers: { accept: "application/json" } });
      expect(problemOf(answer).code).toBe("not_found");
    },
  );

  test.each(["/v1/runs/%zz", "/v1/runs/%", "//v1//runs"])("%s is no address", async (path) => {
    const answer = await app.inject({ url: path, headers: { accept: "application/json" } });
    expect(answer.statusCode).toBeLessThan(500);
    problemOf(answer);
  });

  test("a wrong method names the right ones", async () => {
    const answer = await app.inject({ method: "PUT", url: `/v1/runs/${nobody}` });
    expect(problemOf(answer)).toMatchObject({
      code: "method_not_allowed",
      detail: expect.stringContaining("GET, PATCH, DELETE"),
    });
    expect(answer.headers["allow"]).toBe("GET, PATCH, DELETE");
  });

  test("queries are checked and named", async () => {
    for (const [query, path] of [
      ["limit=0", "query.limit"],
      ["limit=501", "query.limit"],
      ["limit=many", "query.limit"],
      ["status=asleep", "query.status"],
      ["studyId=x", "query.studyId"],
      ["order=sideways", "query.order"],
      ["tag=%20", "query.tag"],
    ]) {
      const body = problemOf(await app.inject({ url: `/v1/runs?${query}` }));
      expect(body.errors?.[0]?.path, query).toBe(path);
    }
    expect(problemOf(await app.inject({ url: "/v1/runs?cursor=abc" })).code).toBe("invalid_cursor");
  });
});
