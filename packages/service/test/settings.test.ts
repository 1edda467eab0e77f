import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { factsOf, placesOf, readSettings, SettingsError, settingSections } from "../src/index.ts";

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
};

test("an empty environment gives safe defaults, frozen", () => {
  const settings = readSettings({});
  expect(settings).toMatchObject({ host: "127.0.0.1", port: 4800, queue: "auto", trustProxy: false, sample: true });
  expect(settings).toMatchObject({ backend: "auto", leaseMs: 15_000, flushMs: 1000, flushWatchedMs: 50, pool: "cpu" });
  expect(settings.dataDir).toBe(resolve(".etude"));
  expect(settings.blobs).toBe(pathToFileURL(resolve(".etude/blobs")).href);
  expect(settings.databaseUrl).toBeUndefined();
  expect(Object.isFrozen(settings)).toBe(true);
});

test("an empty text is unset, as compose files pass it", () => {
  expect(readSettings({ ETUDE_PORT: "", DATABASE_URL: "", ETUDE_ADMIN_KEY: "" })).toEqual(readSettings({}));
});

test.each([
  ["ETUDE_TRUST_PROXY", "2", { trustProxy: 2 }],
  ["ETUDE_TRUST_PROXY", "true", { trustProxy: true }],
  ["ETUDE_TRUST_PROXY", "10.0.0.0/8, ::1", { trustProxy: ["10.0.0.0/8", "::1"] }],
  ["ETUDE_PUBLIC_URL", "https://etude.example.org/", { publicUrl: "https://etude.example.org" }],
  [
    "ETUDE_CORS_ORIGINS",
    "https://a.example.org,http://b:8080",
    { corsOrigins: ["https://a.example.org", "http://b:8080"] },
  ],
  ["ETUDE_SAMPLE", "no", { sample: false }],
  ["ETUDE_WORKERS", "0", { workers: 0 }],
  ["ETUDE_BLOBS", "s3://bucket/x?region=eu", { blobs: "s3://bucket/x?region=eu" }],
  ["ETUDE_BACKEND", "wasm", { backend: "wasm" }],
])("%s=%s", (variable, value, expected) => {
  expect(readSettings({ [variable]: value })).toMatchObject(expected);
});

test.each([
  ["ETUDE_PORT", "70000", "a whole number from 1 to 65535"],
  ["ETUDE_PORT", "4800x", "a whole number from 1 to 65535"],
  ["ETUDE_PORT", "-1", "a whole number from 1 to 65535"],
  ["ETUDE_BACKEND", "cuda", "auto, tensorflow-gpu, webgpu, tensorflow, wasm, cpu"],
  ["ETUDE_LOG_LEVEL", "loud", "fatal, error, warn, info, debug, trace, silent"],
  ["ETUDE_PUBLIC_URL", "etude.example.org", "a site such as https://etude.example.org, without a path"],
  ["ETUDE_PUBLIC_URL", "https://example.org/etude", "a site such as https://etude.example.org, without a path"],
  ["ETUDE_CORS_ORIGINS", "*", "sites such as https://a.example.org, separated by commas"],
  ["ETUDE_SAMPLE", "maybe", "1 or 0"],
  ["ETUDE_POOL", "GPU pool", "1 to 32 lower-case letters, digits or dashes, not beginning with a dash"],
  [
    "ETUDE_TRUST_PROXY",
    "everyone",
    "0, the number of proxies in front, true, or addresses and networks separated by commas",
  ],
  ["ETUDE_BLOBS", "/var/blobs", "a URL that begins with file:// or s3://"],
])("%s=%s is refused with what is allowed", (variable, value, allowed) => {
  expect(problemsOf({ [variable]: value })).toEqual([`${variable}=${value} is not allowed. Allowed: ${allowed}.`]);
});

test("every problem is named at once", () => {
  expect(problemsOf({ ETUDE_PORT: "x", ETUDE_WORKERS: "many", ETUDE_HOST: "0.0.0.0" })).toHaveLength(2);
});

describe("secrets", () => {
  test("are not shown when they are refused", () => {
    const [short, url] = problemsOf({ ETUDE_ADMIN_KEY: "hunter2", DATABASE_URL: "mysql://root:hunter2@db/etude" });
    expect(short).toBe("ETUDE_ADMIN_KEY=(secret) is not allowed. Allowed: at least 16 characters.");
    expect(url).toContain("a URL that begins with postgres:// or postgresql://");
    expect(`${short}${url}`).not.toContain("hunter2");
  });

  test("may come from a file, its last line break dropped; from one place only", () => {
    const dir = mkdtempSync(join(tmpdir(), "etude-settings-"));
    try {
      const file = join(dir, "key");
      writeFileSync(file, "0123456789abcdef\n");
      expect(readSettings({ ETUDE_ADMIN_KEY_FILE: file }).adminKey).toBe("0123456789abcdef");
      expect(problemsOf({ ETUDE_ADMIN_KEY_FILE: file, ETUDE_ADMIN_KEY: "0123456789abcdef" })).toEqual([
        "ETUDE_ADMIN_KEY and ETUDE_ADMIN_KEY_FILE are both set. Allowed: one of them.",
      ]);
      const missing = join(dir, "missing");
      expect(problemsOf({ DATABASE_URL_FILE: missing })).toEqual([
        `DATABASE_URL_FILE=${missing} cannot be read (ENOENT).`,
      ]);
      expect(readSettings({ ETUDE_PORT_FILE: file }).port).toBe(4800);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

test("places: Redis when it is set, else Postgres; no database is an error with the remedy", () => {
  const databaseUrl = "postgresql://localhost/etude";
  expect(placesOf(readSettings({ DATABASE_URL: databaseUrl })).place).toEqual({ pgUrl: databaseUrl });
  const both = readSettings({
    DATABASE_URL: databaseUrl,
    REDIS_URL: "redis://localhost/0",
    ETUDE_QUEUE_PREFIX: "mine",
  });
  expect(placesOf(both).place).toEqual({ redisUrl: "redis://localhost/0", prefix: "mine" });
  expect(() => placesOf(readSettings({}))).toThrow("DATABASE_URL is not set. Set it, or run `npm start`.");
});

test("every setting has a variable of its own, a meaning, and what is allowed", () => {
  const facts = Object.values(settingSections).flatMap((section) => Object.values(section).map(factsOf));
  expect(new Set(facts.map(({ variable }) => variable)).size).toBe(facts.length);
  for (const { variable, description, allowed } of facts) {
    expect(variable).toMatch(/^(ETUDE_[A-Z_]+|DATABASE_URL|REDIS_URL)$/);
    expect(description).toMatch(/\.$/);
    expect(allowed).not.toBe("");
  }
});
