import { Problem } from "@etude/contracts";
import { expect, test } from "vitest";
import { toProblem } from "../src/plugins/errors.ts";

const error = (fields: object, message = "secret words"): Error => Object.assign(new Error(message), fields);

test.each([
  ["a problem stays itself", new Problem("run_active"), "run_active"],
  ["a body that is too large", error({ code: "FST_ERR_CTP_BODY_TOO_LARGE", statusCode: 413 }), "payload_too_large"],
  ["a content type", error({ code: "FST_ERR_CTP_INVALID_MEDIA_TYPE", statusCode: 415 }), "unsupported_media_type"],
  [
    "a JSON syntax error of the parser",
    Object.assign(new SyntaxError("Unexpected"), { statusCode: 400 }),
    "malformed_json",
  ],
  ["any other fault of the caller", error({ statusCode: 418 }), "validation_failed"],
  ["a database that refuses", error({ code: "ECONNREFUSED" }), "not_ready"],
  ["a database that shuts down", error({ code: "57P01" }), "not_ready"],
  ["an outage as the cause of a cause", error({ cause: error({ cause: error({ code: "ECONNRESET" }) }) }), "not_ready"],
  ["a connection that ended", new Error("Connection terminated unexpectedly"), "not_ready"],
  [
    "what Prisma makes of a database that starts up",
    error({ code: "P2010", meta: { driverAdapterError: error({ cause: { originalCode: "57P03" } }) } }),
    "not_ready",
  ],
  ["a disk that is full", error({ cause: error({ code: "53100" }) }), "storage_full"],
  ["a connection that broke in a transaction", new Error("Client was closed and is not queryable"), "not_ready"],
  ["a fault of ours", error({ code: "23505" }), "internal"],
  ["a thrown text", "secret words", "internal"],
  ["nothing at all", undefined, "internal"],
  ["a server fault of a plugin", error({ statusCode: 502 }), "internal"],
])("%s", (_name, thrown, code) => {
  const problem = toProblem(thrown);
  expect(problem.code).toBe(code);
  if (code === "internal" || code === "not_ready") expect(JSON.stringify(problem.body("id"))).not.toContain("secret");
});

test("a cause that leads back to itself ends", () => {
  const loop = new Error("round");
  Object.assign(loop, { cause: loop });
  expect(toProblem(loop).code).toBe("internal");
});

test("the limit is named", () => {
  expect(toProblem(error({ code: "FST_ERR_CTP_BODY_TOO_LARGE" }), 1000).message).toContain("1000 bytes");
});
