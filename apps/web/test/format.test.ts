import { describe, expect, it } from "vitest";
import {
  formatCount,
  formatDelta,
  formatInteger,
  formatNumber,
  formatPercent,
  formatTicks,
  fromJson,
} from "../src/format/number.ts";
import { formatAge, formatDuration, secondsLeft } from "../src/format/time.ts";

describe("numbers", () => {
  it.each([
    [0.081234, "0.08123"],
    [0.5, "0.5"],
    [1, "1"],
    [12.3456, "12.35"],
    [999.96, "1000"],
    [1840, "1\u202f840"],
    [123_456.7, "123\u202f457"],
    [0.0001, "0.0001"],
    [0.00009999, "9.999e−5"],
    [1.5e-7, "1.5e−7"],
    [2_500_000, "2.5e6"],
    [-0.25, "−0.25"],
    [0, "0"],
    [Number.NaN, "NaN"],
    [Number.POSITIVE_INFINITY, "∞"],
    [undefined, "–"],
    [null, "–"],
  ])("writes %s as %s", (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it.each([
    [0, "0"],
    [9999, "9\u202f999"],
    [10_000, "10k"],
    [12_345, "12.3k"],
    [999_499, "999k"],
    [999_500, "1M"],
    [4_560_000, "4.56M"],
  ])("counts %s as %s", (value, text) => {
    expect(formatCount(value)).toBe(text);
  });

  it.each([
    [
      [0, 5000, 10_000],
      ["0", "5k", "10k"],
    ],
    [
      [0, 250, 9000],
      ["0", "250", "9\u202f000"],
    ],
    [
      [9750, 10_000, 10_250],
      ["9\u202f750", "10\u202f000", "10\u202f250"],
    ],
    [
      [0, 2.5, 5],
      ["0", "2.5", "5"],
    ],
    [
      [5e6, 1e7],
      ["5M", "10M"],
    ],
  ])("writes the marks %j alike", (ticks, texts) => {
    expect(formatTicks(ticks)).toEqual(texts);
  });

  it("groups digits in threes", () => {
    expect(formatInteger(1_234_567)).toBe("1\u202f234\u202f567");
    expect(formatInteger(123)).toBe("123");
  });

  it("writes shares and differences with their signs", () => {
    expect(formatPercent(0.9736)).toBe("97.4\u202f%");
    expect(formatPercent(Number.NaN)).toBe("–");
    expect(formatDelta(0.012)).toBe("+0.012");
    expect(formatDelta(-0.012)).toBe("−0.012");
    expect(formatDelta(0)).toBe("±0");
  });

  it("reads numbers that JSON cannot hold", () => {
    expect(fromJson("NaN")).toBeNaN();
    expect(fromJson("-Infinity")).toBe(Number.NEGATIVE_INFINITY);
    expect(fromJson(null)).toBeUndefined();
  });
});

describe("times", () => {
  it.each([
    [0.01, "0 s"],
    [0.44, "0.4 s"],
    [3, "3 s"],
    [59.4, "59 s"],
    [60, "1 min"],
    [185, "3 min 5 s"],
    [3600, "1 h"],
    [7799, "2 h 10 min"],
    [3599.6, "1 h"],
    [360_000, "4 d 4 h"],
    [Number.POSITIVE_INFINITY, "–"],
  ])("writes %s seconds as %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("writes ages in one unit, and clocks that run ahead as now", () => {
    const now = Date.parse("2026-01-02T00:00:00Z");
    expect(formatAge("2026-01-01T23:59:18Z", now)).toBe("42 s");
    expect(formatAge("2026-01-01T23:00:00Z", now)).toBe("1 h");
    expect(formatAge("2026-01-02T00:00:10Z", now)).toBe("now");
    expect(formatAge("2025-12-21T00:00:00Z", now)).toBe("12 d");
  });

  it("knows the time left only with a pace and a length", () => {
    expect(secondsLeft(100, 300, 50)).toBe(4);
    expect(secondsLeft(100, null, 50)).toBeUndefined();
    expect(secondsLeft(100, 300, 0)).toBeUndefined();
    expect(secondsLeft(301, 300, 10)).toBe(0);
  });
});
