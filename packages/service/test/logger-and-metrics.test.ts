import { Writable } from "node:stream";
import { expect, test, vi } from "vitest";
import { createLogger, createMetrics, runLogger } from "../src/index.ts";
import { reportOutage } from "../src/report-outage.ts";

function capture(): { lines: Record<string, unknown>[]; stream: Writable } {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString()) as Record<string, unknown>);
      done();
    },
  });
  return { lines, stream };
}

test("lines carry process, run and attempt; what is below the level is not written", () => {
  const { lines, stream } = capture();
  const logger = createLogger({ logLevel: "info" }, "trainer", stream);
  const run = runLogger(logger, "0190-run", 3);
  run.debug("not this");
  run.warn({ step: 7 }, "odd");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    name: "trainer",
    level: "warn",
    runId: "0190-run",
    attempt: 3,
    step: 7,
    msg: "odd",
  });
  expect(lines[0]?.["time"]).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
});

test("credentials in headers are not written", () => {
  const { lines, stream } = capture();
  const headers = { authorization: "Bearer hunter2", cookie: "session=hunter2" };
  createLogger({ logLevel: "info" }, "api", stream).info({ req: { headers } }, "request");
  expect(JSON.stringify(lines)).not.toContain("hunter2");
});

test("an outage is logged once, with its reason, and so is its end", () => {
  const { lines, stream } = capture();
  const outage = reportOutage(createLogger({ logLevel: "info" }, "api", stream), "queue");
  outage.worked();
  for (let i = 0; i < 50; i += 1) outage.failed(new Error("refused"));
  outage.failed(new Error("starting up"));
  outage.worked();
  outage.worked();
  expect(lines.map(({ level, msg }) => `${level as string}: ${msg as string}`)).toEqual([
    "warn: queue failed",
    "warn: queue failed",
    "info: queue works again",
  ]);
});

test("an outage that lasts is logged again", () => {
  vi.useFakeTimers();
  try {
    const { lines, stream } = capture();
    const outage = reportOutage(createLogger({ logLevel: "info" }, "api", stream), "queue");
    outage.failed(new Error("refused"));
    vi.advanceTimersByTime(29_000);
    outage.failed(new Error("refused"));
    expect(lines).toHaveLength(1);
    vi.advanceTimersByTime(2000);
    outage.failed(new Error("refused"));
    expect(lines).toHaveLength(2);
  } finally {
    vi.useRealTimers();
  }
});

test("metrics are text for Prometheus; two processes' worth do not collide", async () => {
  const [first, second] = [createMetrics(), createMetrics()];
  first.pointsAppended.inc(5);
  first.requestSeconds.observe({ method: "GET", route: "/v1/runs", status: 200 }, 0.003);
  const text = await first.registry.metrics();
  expect(text).toContain("etude_points_appended_total 5");
  expect(text).toContain('etude_http_request_seconds_bucket{le="0.005",method="GET",route="/v1/runs",status="200"} 1');
  expect(text).toContain("process_cpu_seconds_total");
  expect(await second.registry.metrics()).toContain("etude_points_appended_total 0");
});
