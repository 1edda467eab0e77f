import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { encodePoints, Problem, type Run, type RunStatus } from "@etude/contracts";
import { afterAll, afterEach, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import { createClient, EtudeError } from "../src/index.ts";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

const runId = "0193a8f0-0000-7000-8000-000000000001";
let server: Server;
let url = "";
let seen: Seen[] = [];
let answer: (response: ServerResponse) => void;

const json = (status: number, body: unknown, type = "application/json") => {
  answer = (response) => response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));
};

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
afterEach(() => {
  seen = [];
});

describe("createClient", () => {
  it("fills the path and appends the query, arrays repeated, undefined left out", async () => {
    json(200, { runs: [], next: null, total: 0 });
    const client = createClient({ url: `${url}/behind/a/proxy/` });
    const page = await client.listRuns({ status: ["failed", "running"], limit: 3, q: "a b&c", model: undefined });
    expect(page).toEqual({ runs: [], next: null, total: 0 });
    expect(seen[0]?.url).toBe("/behind/a/proxy/v1/runs?status=failed&status=running&q=a+b%26c&limit=3");
    expect(seen[0]?.headers.authorization).toBeUndefined();
    expect(seen[0]?.headers["x-etude-request"]).toBeUndefined();
  });

  it("sends key, idempotency key, the header of mutations and the body", async () => {
    json(202, { id: runId });
    const client = createClient({ url, key: "etude_secret" });
    const body = {
      dataset: { kind: "digits" as const },
      model: { kind: "mlp" as const },
      optimizer: { kind: "sgd" as const },
      schedule: { kind: "constant" as const, rate: 0.1 },
      budget: { steps: 10 },
    };
    const run = await client.createRun({ body, study: "Mine", idempotencyKey: "abc" });
    expect(run.id).toBe(runId);
    expect(seen[0]).toMatchObject({ method: "POST", url: "/v1/runs?study=Mine" });
    expect(seen[0]?.headers).toMatchObject({
      authorization: "Bearer etude_secret",
      "idempotency-key": "abc",
      "x-etude-request": "1",
      "content-type": "application/json",
    });
    expect(JSON.parse(seen[0]?.body ?? "")).toEqual(body);
  });

  it("sends an empty object where a body is optional, and no body where there is none", async () => {
    json(202, { id: runId });
    const client = createClient({ url });
    await client.retryRun({ runId });
    await client.cancelRun({ runId });
    expect(seen[0]).toMatchObject({ url: `/v1/runs/${runId}/retry`, body: "{}" });
    expect(seen[1]).toMatchObject({ url: `/v1/runs/${runId}/cancel`, body: "" });
    expect(seen[1]?.headers["content-type"]).toBeUndefined();
  });

  it("returns nothing for 204", async () => {
    answer = (response) => response.writeHead(204).end();
    expect(await createClient({ url }).deleteRun({ runId })).toBeUndefined();
  });

  it("escapes path parameters and refuses empty ones, which would address something else", async () => {
    json(200, {});
    await createClient({ url }).getRun({ runId: "a/b?c" });
    expect(seen[0]?.url).toBe("/v1/runs/a%2Fb%3Fc");
    await expect(createClient({ url }).deleteRun({ runId: "" })).rejects.toThrow(/runId is ""/);
    expect(seen).toHaveLength(1);
  });

  it("reads a history as one binary frame", async () => {
    const piece = {
      runId,
      attempt: 1,
      from: 0,
      to: 2,
      cursor: "c",
      series: [{ key: "train/loss", index: 0, from: 0, steps: Float64Array.of(0, 1), values: Float64Array.of(2, 0.1) }],
    };
    answer = (response) => response.writeHead(200).end(encodePoints(piece));
    expect(await createClient({ url }).readHistory({ runId, key: ["train/loss"], width: 7 })).toEqual({
      type: "points-appended",
      ...piece,
    });
    expect(seen[0]?.url).toBe(`/v1/runs/${runId}/history?key=train%2Floss&width=7&format=binary`);
  });

  it("is typed by the table of operations", () => {
    const client = createClient({ url });
    expectTypeOf(client.getRun).parameter(0).toHaveProperty("runId").toEqualTypeOf<string>();
    expectTypeOf(client.getRun).returns.resolves.toEqualTypeOf<Run>();
    expectTypeOf(client.deleteRun).returns.resolves.toEqualTypeOf<void>();
    type Filter = NonNullable<Parameters<typeof client.listRuns>[0]>;
    expectTypeOf<Filter["limit"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<RunStatus[]>().toExtend<Filter["status"]>();
    // @ts-expect-error the body is required
    void (() => client.createRun({}));
    // @ts-expect-error no such status
    void (() => client.listRuns({ status: "done" }));
    // @ts-expect-error the run is required
    void (() => client.getRun());
  });
});

describe("EtudeError", () => {
  it("carries a problem body whole", async () => {
    const problem = new Problem("validation_failed", "schedule.rate is -1.", [
      { path: "schedule.rate", message: "must be at least 0", allowed: [">= 0"] },
    ]).body("req-1");
    answer = (response) =>
      response
        .writeHead(400, { "content-type": "application/problem+json", "retry-after": "7" })
        .end(JSON.stringify(problem));
    const error: unknown = await createClient({ url })
      .getRun({ runId })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(EtudeError);
    expect(error).toMatchObject({
      code: "validation_failed",
      status: 400,
      title: problem.title,
      detail: "schedule.rate is -1.",
      message: "schedule.rate is -1.",
      remedy: problem.remedy,
      errors: problem.errors,
      requestId: "req-1",
      retryAfterSeconds: 7,
    });
  });

  it("says so when something else answers", async () => {
    answer = (response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad Gateway</h1>");
    await expect(createClient({ url }).getInfo()).rejects.toMatchObject({
      code: "unexpected_answer",
      status: 502,
      detail: expect.stringContaining("<h1>Bad Gateway</h1>"),
    });
    answer = (response) => response.writeHead(200).end("It works!");
    await expect(createClient({ url }).getInfo()).rejects.toMatchObject({ code: "unexpected_answer", status: 200 });
  });

  it("says so when nothing answers, with the system's reason", async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
    const { port } = gone.address() as AddressInfo;
    await new Promise((resolve) => gone.close(resolve));
    await expect(createClient({ url: `http://127.0.0.1:${port}` }).getInfo()).rejects.toMatchObject({
      code: "unreachable",
      status: 0,
      detail: `Nothing answers at http://127.0.0.1:${port} (ECONNREFUSED).`,
    });
  });

  it("refuses an address that is none", async () => {
    await expect(createClient({ url: "localhost:4800" }).getInfo()).rejects.toMatchObject({ code: "invalid_url" });
  });

  it("lets an abort through as it is", async () => {
    const reason = new Error("enough");
    await expect(createClient({ url }).getInfo({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
