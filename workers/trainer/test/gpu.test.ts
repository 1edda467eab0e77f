import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { countGpus, readGpu } from "../src/gpu/nvidia-smi.ts";
import { noSeconds } from "../src/training/stopwatch.ts";
import { Recorder } from "../src/training/recorder.ts";
import { SystemMeter } from "../src/training/system-meter.ts";

/** Answers as the driver's tool does on a machine with two cards, the second of which does not measure its power. */
const tool = `#!/bin/sh
case "$*" in
  -L) printf 'GPU 0: NVIDIA H100 (UUID: GPU-a)\\nGPU 1: Tesla K80 (UUID: GPU-b)\\n' ;;
  "-i 0 "*) echo '37, 1024, 312.50' ;;
  "-i 1 "*) echo '5, 10, [N/A]' ;;
  *) exit 6 ;;
esac
`;
const folder = mkdtempSync(join(tmpdir(), "etude-gpu-"));
const path = process.env["PATH"];

beforeAll(() => {
  writeFileSync(join(folder, "nvidia-smi"), tool);
  chmodSync(join(folder, "nvidia-smi"), 0o755);
  vi.stubEnv("PATH", `${folder}${delimiter}${path}`);
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test("reads what the driver's tool says, and nothing where it says nothing", async () => {
  expect(await countGpus()).toBe(2);
  expect(await readGpu("0")).toEqual({ utilisationPercent: 37, memoryMb: 1024 * 1.048576, powerWatts: 312.5 });
  expect(await readGpu("1")).toMatchObject({ utilisationPercent: 5, powerWatts: Number.NaN });
  expect(await readGpu("7")).toBeUndefined();
  vi.stubEnv("PATH", "");
  expect(await countGpus()).toBe(0);
  vi.stubEnv("PATH", `${folder}${delimiter}${path}`);
});

test("a reading becomes one point of each system series that it has", async () => {
  const recorder = new Recorder();
  const readings = [await readGpu("0"), await readGpu("1")];
  const meter = new SystemMeter(recorder, 0, 0, { take: () => readings.shift() });
  for (let second = 1; second <= 3; second++) meter.sampleIfDue(10 * second, noSeconds(), 1000 * second);
  const series = new Map(recorder.take().map(({ key, steps }) => [key, [...steps]]));
  expect(series.get("system/gpu-percent")).toEqual([9, 19]);
  expect(series.get("system/gpu-memory-mb")).toEqual([9, 19]);
  expect(series.get("system/gpu-watts")).toEqual([9]);
});
