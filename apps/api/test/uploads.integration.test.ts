import type { Run, Upload } from "@etude/contracts";
import { describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { createRun, problemOf, smallRun, startApi } from "./harness.ts";

// The reader of uploads is a process of its own and starts from the sources.
process.execArgv = ["--conditions=source", "--import", "tsx"];

const { url } = await withDatabase();
const api = await startApi(url, { ETUDE_UPLOAD_MAX_BYTES: "20000", ETUDE_DATASET_MAX_BYTES: "2000" });
const { call } = api;

const csv = (rows: number): string =>
  ["age,height,species", ...Array.from({ length: rows }, (_, i) => `${i},${i % 7}.5,${i % 3 ? "a" : "b"}`)].join("\n");
const type = { "content-type": "text/csv" };

async function upload(payload: string, name = "flowers.csv"): Promise<Upload> {
  const answer = await call("createUpload", { payload, headers: type, query: { name } });
  expect(answer.statusCode, answer.body).toBe(201);
  return answer.json();
}

const runOn = (dataset: object): object => ({ ...smallRun, dataset: { kind: "upload", ...dataset } });

describe("uploads", () => {
  test("a file says what is in it; the same bytes are one upload, whatever the form they come in", async () => {
    const first = await upload(csv(30));
    expect(first).toMatchObject({ name: "flowers.csv", schema: { format: "csv", rows: 30 } });
    expect(first.schema.columns.map(({ name, type: kind }) => [name, kind])).toEqual([
      ["age", "number"],
      ["height", "number"],
      ["species", "text"],
    ]);
    const form = [
      "--x",
      'content-disposition: form-data; name="file"; filename="again.csv"',
      "content-type: text/csv",
      "",
      csv(30),
      "--x--",
      "",
    ].join("\r\n");
    const again = await call("createUpload", {
      payload: form,
      headers: { "content-type": "multipart/form-data; boundary=x" },
    });
    expect(again.json()).toEqual(first);
    expect((await call("getUpload", { params: { upload: first.id } })).json()).toEqual(first);
    expect((await call("getUpload", { params: { upload: first.sha256 } })).json()).toEqual(first);
    expect((await call("listUploads")).json()).toMatchObject({ uploads: expect.arrayContaining([first]), next: null });
    expect(await api.blobs.has(first.sha256)).toBe(true);
  });

  test("what curl sends without a type is read by its content", async () => {
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await call("createUpload", { payload: csv(12), headers });
    expect(answer.json()).toMatchObject({ name: /^upload [0-9a-f]{8}$/.exec(answer.json<Upload>().name)![0] });
  });

  test("a run keeps the content hash and the task; the upload stays while the run waits", async () => {
    const flowers = await upload(csv(31));
    const run = await createRun(api, runOn({ upload: flowers.id, target: "species" }));
    expect(run.spec).toMatchObject({ dataset: { upload: flowers.sha256, task: "classification" } });
    const refused = problemOf(await call("deleteUpload", { params: { upload: flowers.id } }));
    expect(refused).toMatchObject({ code: "upload_in_use", detail: expect.stringContaining(run.id) });
    const clone = await call("cloneRun", { params: { runId: run.id }, payload: { changes: { seed: 3 } } });
    expect(clone.json<Run>().spec).toMatchObject({ dataset: { upload: flowers.sha256 }, seed: 3 });
    for (const { id } of [run, clone.json<Run>()]) await call("cancelRun", { params: { runId: id } });
    expect((await call("deleteUpload", { params: { upload: flowers.id } })).statusCode).toBe(204);
    expect(await api.blobs.has(flowers.sha256)).toBe(false);
    expect(problemOf(await call("deleteUpload", { params: { upload: flowers.id } })).code).toBe("upload_not_found");
    expect(problemOf(await call("retryRun", { params: { runId: run.id }, payload: {} }))).toMatchObject({
      code: "upload_not_found",
      detail: expect.stringContaining(flowers.sha256),
    });
    await upload(csv(31));
    expect((await call("retryRun", { params: { runId: run.id }, payload: {} })).statusCode).toBe(202);
    expect(problemOf(await call("deleteUpload", { params: { upload: flowers.sha256 } })).code).toBe("upload_in_use");
  });

  test("pages", async () => {
    const [newest] = [await upload(csv(40)), await upload(csv(41))].toReversed();
    const first = (await call("listUploads", { query: { limit: "1" } })).json<{ uploads: Upload[]; next: string }>();
    expect(first.uploads).toEqual([newest]);
    const second = await call("listUploads", { query: { limit: "1", cursor: first.next } });
    expect(second.json<{ uploads: Upload[] }>().uploads[0]?.schema.rows).toBe(40);
    expect(problemOf(await call("listUploads", { query: { cursor: "mine" } })).code).toBe("invalid_cursor");
  });
});

describe("bad files", () => {
  test.each([
    ["nothing", "", "The body is empty"],
    ["names alone", "a,b\n", "no row of data"],
    ["a row that is short", "a,b\n1,2\n3\n", "row 2 has 1 value, the first line 2"],
    ["neither text nor numbers", "\u0000\u0001\u0002", "neither text nor NPY, NPZ or Parquet"],
    ["what only begins as NPY", "\u0093NUMPY and no more", "not UTF-8"],
    ["what only begins as Parquet", "PAR1 and no more", "begins like Parquet and cannot be read"],
  ])("%s", async (_name, text, message) => {
    const payload = Buffer.from(text, "latin1");
    const answer = problemOf(await call("createUpload", { payload, headers: { "content-type": "text/csv" } }));
    expect(answer.code).toBe("upload_refused");
    if (message !== "not UTF-8") expect(answer.detail).toContain(message);
  });

  test("too large a file is refused with the limit, raw and as a form", async () => {
    const payload = csv(5000);
    const raw = problemOf(await call("createUpload", { payload, headers: type }));
    expect(raw).toMatchObject({ code: "payload_too_large", detail: expect.stringContaining("20000 bytes") });
    const form = `--x\r\ncontent-disposition: form-data; name="f"; filename="f.csv"\r\n\r\n${payload}\r\n--x--\r\n`;
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const inForm = problemOf(await call("createUpload", { payload: form, headers }));
    expect(inForm).toMatchObject({ code: "payload_too_large", detail: expect.stringContaining("20000 bytes") });
  });

  test("a form without a file", async () => {
    const form = '--x\r\ncontent-disposition: form-data; name="f"\r\n\r\ntext\r\n--x--\r\n';
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    expect(problemOf(await call("createUpload", { payload: form, headers })).detail).toContain("no file");
  });
});

describe("bad uses", async () => {
  const good = await upload(csv(20));
  const spoilt = await upload(csv(20).replace("\n16,", "\nabc,"));
  const gaps = await upload(csv(20).replace("\n4,", "\n,"));
  const labels = await upload("x,y\n1,0\n2,1\n3,9\n4,2\n5,0\n");
  const holes = await upload("x,y\n1,0\n2,1\n3,3\n4,0\n5,1\n");

  test.each([
    [good, { target: "species", features: ["weight"] }, "features[0]", '"weight" is no column'],
    [good, { target: "kind" }, "target", '"kind" is no column'],
    [good, { task: "regression" }, "target", "is required for regression"],
    [spoilt, { target: "species" }, "features", 'row 17, column "age": "abc" is not a number'],
    [gaps, { target: "species" }, "features", 'row 5, column "age" has no value'],
    [labels, { target: "y", classes: 3 }, "target", 'row 3, column "y": label 9 is out of range'],
    [labels, { target: "y", task: "factorisation" }, "task", "factorisation has no target"],
  ])("%#: refused before the run is queued", async ({ id }, fields, field, message) => {
    const answer = problemOf(await call("createRun", { payload: runOn({ upload: id, ...fields }) }));
    expect(answer).toMatchObject({
      code: "dataset_refused",
      errors: [{ path: `dataset.${field}`, message: expect.stringContaining(message) }],
    });
  });

  test("a class without an example is named", async () => {
    const payload = runOn({ upload: holes.id, target: "y", classes: 4 });
    const answer = problemOf(await call("createRun", { payload }));
    expect(answer).toMatchObject({ code: "dataset_refused", errors: [{ path: "dataset.classes" }] });
    expect(answer.detail).toContain("class 2 of 4 has no row");
  });

  test("an unknown upload names the field, in a batch with its place", async () => {
    const nobody = "f".repeat(64);
    const one = problemOf(await call("createRun", { payload: runOn({ upload: nobody, target: "y" }) }));
    expect(one).toMatchObject({ code: "upload_not_found", errors: [{ path: "dataset.upload" }] });
    const payload = { runs: [smallRun, runOn({ upload: good.id, labels: nobody })] };
    const many = problemOf(await call("createRuns", { payload }));
    expect(many).toMatchObject({ code: "upload_not_found", errors: [{ path: "runs[1].dataset.labels" }] });
    const odd = problemOf(await call("createRun", { payload: runOn({ upload: "mine" }) }));
    expect(odd).toMatchObject({ code: "validation_failed", errors: [{ path: "dataset.upload" }] });
  });

  test("a dataset too large for memory is refused with the estimate and the limit", async () => {
    const large = await upload(csv(300));
    const answer = problemOf(await call("createRun", { payload: runOn({ upload: large.id, target: "species" }) }));
    expect(answer).toMatchObject({ code: "dataset_refused", errors: [{ path: "dataset.upload" }] });
    expect(answer.detail).toMatch(/takes 0\.004 MB of memory as numbers, and this server allows 0\.002 MB/);
  });

  test("a model that cannot learn its task is refused", async () => {
    const payload = { ...runOn({ upload: good.id, target: "age" }), model: { kind: "embedding-pool" } };
    const answer = problemOf(await call("createRun", { payload }));
    expect(answer).toMatchObject({ code: "combination_refused", errors: [{ path: "model.kind" }] });
    expect(answer.detail).toContain("upload is data for regression");
  });
});

describe("bad training options", () => {
  test.each([
    [{ gradientClip: { norm: 0 } }, "validation_failed", "gradientClip.norm", "above 0"],
    [{ gradientClip: { size: 1 } }, "validation_failed", "gradientClip", ""],
    [{ model: { kind: "mlp", loss: { kind: "zero-one" } } }, "validation_failed", "model.loss.kind", "hinge"],
    [{ metrics: ["auc"] }, "validation_failed", "metrics[0]", "macro-f1"],
    [{ stop: { patience: { evaluations: 0 } } }, "validation_failed", "stop.patience.evaluations", "at least 1"],
    [{ dataset: { kind: "iris", labelNoise: 2 } }, "validation_failed", "dataset.labelNoise", "at most 1"],
    [
      { model: { kind: "keras", topology: { class_name: "Forest" } } },
      "validation_failed",
      "model.topology",
      "Sequential",
    ],
    [
      { schedule: { kind: "line-search" }, gradientClip: { norm: 1 } },
      "combination_refused",
      "gradientClip",
      "line-search",
    ],
    [{ model: { kind: "mlp", loss: { kind: "huber" } } }, "combination_refused", "model.loss", "use one of"],
    [{ metrics: ["accuracy", "r-squared"] }, "combination_refused", "metrics[1]", "no metric of classification"],
    [
      { stop: { metricAbove: { metric: "r-squared", value: 1 } } },
      "combination_refused",
      "stop.metricAbove.metric",
      "no metric of classification",
    ],
  ])("%j", async (changes, code, path, message) => {
    const answer = problemOf(await call("createRun", { payload: { ...smallRun, ...changes } }));
    expect(answer.code).toBe(code);
    expect(answer.errors?.[0]?.path).toContain(path);
    expect(JSON.stringify(answer)).toContain(message);
  });
});
