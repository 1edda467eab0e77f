import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder, withDatabase } from "../../../test/kit/index.ts";
import { createRun, nobody, problemOf, smallRun, startApi } from "./harness.ts";

const { url } = await withDatabase();
const api = await startApi(url);
const { app, call } = api;

describe("the rest", () => {
  test("the catalogue's examples are accepted by the preview and by runs", async () => {
    const catalogue = (await call("getCatalogue")).json<{
      schedules: { kind: string; example: object; parameters: { properties: object } }[];
      models: { example: object }[];
      optimizers: { example: object; supports: { scheduled: boolean } }[];
      datasets: { example: object }[];
    }>();
    expect(catalogue.schedules.length).toBeGreaterThan(4);
    for (const { kind, example, parameters } of catalogue.schedules) {
      expect(parameters.properties).toHaveProperty("kind");
      if (kind === "replay" || kind === "learned") continue;
      const answer = await call("previewSchedule", { payload: { schedule: example, steps: 50 } });
      expect(answer.statusCode, `${kind}: ${answer.body}`).toBe(200);
    }
    for (const { example, supports } of catalogue.optimizers)
      if (supports.scheduled) await createRun(api, { ...smallRun, optimizer: example });
  });

  test("info counts runs and says what serves", async () => {
    const info = (await call("getInfo")).json();
    expect(info).toMatchObject({
      queue: "postgres",
      bus: "postgres",
      blobs: "folder",
      keysRequired: false,
      running: 0,
    });
    expect(info).toMatchObject({ waiting: expect.any(Number), workers: [] });
  });

  test("health is open under any host, and says which service is up", async () => {
    const live = await app.inject({ url: "/health/live", headers: { host: "10.1.2.3" } });
    expect(live.json()).toEqual({ status: "up" });
    const ready = await app.inject({ url: "/health/ready", headers: { host: "anything" } });
    expect(ready.json()).toEqual({
      status: "up",
      services: { database: { status: "up" }, queue: { status: "up" }, bus: { status: "up" }, blobs: { status: "up" } },
    });
  });

  test("metrics count requests by route, not by address", async () => {
    await call("getRun", { params: { runId: nobody } });
    const { body, headers } = await app.inject({ url: "/metrics" });
    expect(headers["content-type"]).toContain("text/plain");
    expect(body).toContain('etude_http_request_seconds_count{method="GET",route="/v1/runs/:runId",status="404"}');
    expect(body).toMatch(/etude_runs\{status="queued"\} \d+/);
    expect(body).not.toContain(nobody);
  });

  test("pages: the documents, the errors, and a word where the dashboard is not built", async () => {
    const document = await app.inject({ url: "/docs/json" });
    expect(document.json<{ openapi: string }>().openapi).toBe("3.1.0");
    expect((await app.inject({ url: "/docs/" })).body).toContain("swagger");
    expect((await app.inject({ url: "/docs/errors" })).body).toContain('id="run_not_found"');
    const page = await app.inject({ url: "/runs/1", headers: { accept: "text/html" } });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain("npm run build");
    expect(page.headers["content-security-policy"]).toContain("default-src 'self'");
  });
});

describe("a built dashboard", async () => {
  const webRoot = temporaryFolder();
  mkdirSync(join(webRoot, "assets"));
  writeFileSync(join(webRoot, "index.html"), "<title>the dashboard</title>");
  writeFileSync(join(webRoot, "assets", "index-abc.js"), "export {};");
  const served = await startApi(url, {}, webRoot);

  test("is served at its root and at the addresses of its pages", async () => {
    for (const path of ["/", "/runs", "/runs/1?compare=2", "/studies/a/b"]) {
      const page = await served.app.inject({ url: path, headers: { accept: "text/html,*/*" } });
      expect([page.statusCode, page.body], path).toEqual([200, "<title>the dashboard</title>"]);
      expect(page.headers["cache-control"]).toBe("no-cache");
    }
    const head = await served.app.inject({ method: "HEAD", url: "/" });
    expect(head.statusCode).toBe(200);
  });

  test("its files may be kept for ever, and one that is not there is no page", async () => {
    const file = await served.app.inject({ url: "/assets/index-abc.js" });
    expect(file.body).toBe("export {};");
    expect(file.headers["cache-control"]).toContain("immutable");
    for (const path of ["/assets/index-old.js", "/v1/none"]) {
      const answer = await served.app.inject({ url: path, headers: { accept: "*/*" } });
      expect(problemOf(answer).code, path).toBe("not_found");
    }
  });
});
