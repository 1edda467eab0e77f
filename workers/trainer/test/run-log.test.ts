import { PassThrough } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { onLines } from "../src/output-lines.ts";
import { RunLog } from "../src/run-log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const info = (message: string) => ({ level: "info", message }) as const;

test("lines wait for one commit, in order, and it is asked for once", () => {
  const due = vi.fn<() => void>();
  const log = new RunLog(due, 0);
  for (const message of ["a", "b", "c"]) log.add(info(message), 0);
  expect(due).not.toHaveBeenCalled();
  vi.runAllTimers();
  expect(due).toHaveBeenCalledTimes(1);
  expect(log.take()).toEqual(["a", "b", "c"].map(info));
  expect(log.take()).toEqual([]);
  log.add(info("d"), 0);
  vi.runAllTimers();
  expect(due).toHaveBeenCalledTimes(2);
});

test("a flood is cut, what is lost is counted, and a while later lines pass again", () => {
  const log = new RunLog(() => {}, 0);
  for (let i = 0; i < 50_000; i++) log.add(info(`line ${i}`), 0);
  const lines = log.take();
  expect(lines).toHaveLength(1001);
  expect(lines[999]).toEqual(info("line 999"));
  expect(lines[1000]).toMatchObject({ level: "warn", message: expect.stringMatching(/^49000 log lines were dropped/) });
  log.add(info("too early"), 10);
  expect(log.take()).toMatchObject([{ message: expect.stringMatching(/^1 log lines were dropped/) }]);
  for (let i = 0; i < 100; i++) log.add(info(`late ${i}`), 1010);
  expect(log.take()).toHaveLength(21);
});

test("a long line is shortened and NUL, which Postgres refuses, replaced", () => {
  const log = new RunLog(() => {}, 0);
  log.add(info(`\0${"x".repeat(5000)}`), 0);
  const [line] = log.take();
  expect(line?.message).toBe(`\uFFFD${"x".repeat(3999)} … and 1001 characters more`);
});

test("output is split at line ends, and where there are none", async () => {
  vi.useRealTimers();
  const output = new PassThrough();
  const lines: string[] = [];
  onLines(output, (line) => lines.push(line));
  for (const piece of ["one\ntw", "o\r\n\n", "x".repeat(20_000), "\nlast"]) output.write(piece);
  output.end();
  await new Promise((resolve) => output.on("close", resolve));
  expect(lines.map((line) => line.length)).toEqual([3, 3, 8192, 8192, 3616, 4]);
  expect(lines.slice(0, 2)).toEqual(["one", "two"]);
});
