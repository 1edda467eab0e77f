import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import S3rver from "s3rver";
import { afterAll, describe, expect, test } from "vitest";
import { createBlobs, sha256Of, type Blobs } from "../src/index.ts";
import { temporaryFolder } from "../../../test/kit/index.ts";

const absent = sha256Of(Buffer.from("never stored"));

function contract(blobs: Blobs): void {
  test("what is put comes back, named by its SHA-256", async () => {
    for (const bytes of [new Uint8Array(randomBytes(300_000)), new Uint8Array(0), new TextEncoder().encode("étude")]) {
      const name = await blobs.put(bytes);
      expect(name).toBe(sha256Of(bytes));
      expect(await blobs.has(name)).toBe(true);
      expect(await blobs.get(name)).toEqual(bytes);
    }
  });

  test("putting the same bytes many times at once is one blob", async () => {
    const bytes = new Uint8Array(randomBytes(50_000));
    const names = await Promise.all(Array.from({ length: 8 }, () => blobs.put(bytes)));
    expect(new Set(names).size).toBe(1);
    expect(await blobs.get(names[0] ?? "")).toEqual(bytes);
  });

  test("what is not there is null, and removing it is no error", async () => {
    expect(await blobs.has(absent)).toBe(false);
    expect(await blobs.get(absent)).toBeNull();
    await blobs.remove(absent);
    const name = await blobs.put(new Uint8Array([1, 2, 3]));
    await blobs.remove(name);
    expect(await blobs.has(name)).toBe(false);
    expect(await blobs.get(name)).toBeNull();
  });

  test.each(["../../etc/passwd", "", "A".repeat(64), `${absent}/`, absent.slice(1)])("%j is no name", async (name) => {
    await expect(blobs.get(name)).rejects.toThrow("64 lower-case hexadecimal digits");
    await expect(blobs.has(name)).rejects.toThrow(JSON.stringify(name));
    await expect(blobs.remove(name)).rejects.toThrow(TypeError);
  });
}

describe("a folder", () => {
  const folder = join(temporaryFolder(), "with space");
  const blobs = createBlobs({ blobs: pathToFileURL(folder).href });
  contract(blobs);

  test("files are spread over two levels and no draft is left", async () => {
    const name = await blobs.put(new TextEncoder().encode("spread"));
    const path = join(folder, name.slice(0, 2), name.slice(2, 4));
    expect(await readdir(path)).toEqual([name]);
    expect(await readFile(join(path, name), "utf8")).toBe("spread");
  });

  test("a damaged file is not returned", async () => {
    const name = await blobs.put(new Uint8Array(1000));
    await truncate(join(folder, name.slice(0, 2), name.slice(2, 4), name), 999);
    await expect(blobs.get(name)).rejects.toThrow(`Blob ${name} is damaged`);
  });

  test("a folder that cannot be written to is an error, not a loss", async () => {
    const name = sha256Of(Buffer.from("blocked"));
    await mkdir(join(folder, name.slice(0, 2)), { recursive: true });
    await writeFile(join(folder, name.slice(0, 2), name.slice(2, 4)), "in the way");
    await expect(blobs.put(Buffer.from("blocked"))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });
});

describe("an S3-compatible service", async () => {
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory: temporaryFolder(),
    configureBuckets: [{ name: "etude-blobs", configs: [] }],
  });
  const { port } = await server.run();
  afterAll(() => server.close());
  const endpoint = encodeURIComponent(`http://127.0.0.1:${port}`);
  const url = (bucket: string): string => `s3://${bucket}/some/prefix?endpoint=${endpoint}&region=eu-central-1`;
  const credentials = { blobsAccessKeyId: "S3RVER", blobsSecretAccessKey: "S3RVER" };
  contract(createBlobs({ blobs: url("etude-blobs"), ...credentials }));

  test("a bucket that does not exist, and wrong credentials, are errors that say so", async () => {
    await expect(createBlobs({ blobs: url("nowhere"), ...credentials }).put(new Uint8Array(1))).rejects.toThrow(
      /nowhere/,
    );
    const wrong = createBlobs({ blobs: url("etude-blobs"), ...credentials, blobsAccessKeyId: "GUESS" });
    await expect(wrong.put(new Uint8Array([9]))).rejects.toThrow(/403/);
  });
});

test("a URL of another form is refused, and so is a bucket without credentials", () => {
  expect(() => createBlobs({ blobs: "https://example.org/x" })).toThrow("neither file:///path nor s3://bucket");
  expect(() => createBlobs({ blobs: "s3://bucket" })).toThrow("ETUDE_BLOBS_ACCESS_KEY_ID");
});
