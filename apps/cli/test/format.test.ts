import { describe, expect, it } from "vitest";
import { formatAgo, formatCount, formatDuration, formatNumber, formatPercent } from "../src/format/numbers.ts";
import { createStyle, styleFor } from "../src/format/style.ts";
import { formatTable } from "../src/format/table.ts";

describe("formats", () => {
  it.each([
    [0.1, "0.1"],
    [0.123456, "0.1235"],
    [1.23456, "1.235"],
    [123.456, "123.5"],
    [0.0001, "0.0001"],
    [0.000099, "9.9e-5"],
    [-0.0000123456, "-1.235e-5"],
    [1e-8, "1e-8"],
    [1234.5678, "1235"],
    [12_345_678, "1.235e7"],
    [0, "0"],
    [Number.NaN, "NaN"],
    ["Infinity", "∞"],
    [null, "–"],
  ])("the number %s is %s", (value, text) => expect(formatNumber(value)).toBe(text));

  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1k"],
    [26_122, "26.12k"],
    [999_999, "1M"],
    [1_234_567, "1.235M"],
  ])("the count %s is %s", (count, text) => expect(formatCount(count)).toBe(text));

  it.each([
    [0.412, "412 ms"],
    [8.44, "8.4 s"],
    [59.4, "59 s"],
    [59.7, "1 min 00 s"],
    [185, "3 min 05 s"],
    [3725, "1 h 02 min"],
    [183_600, "2 d 03 h"],
    [Number.POSITIVE_INFINITY, "–"],
  ])("%s seconds are %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));

  it("ages and shares", () => {
    const now = Date.parse("2026-01-02T00:00:00Z");
    const ages = ["2026-01-01T23:59:59Z", "2026-01-01T23:59:48Z", "2026-01-01T23:00:01Z", "2026-01-01T01:00:00Z"];
    expect(ages.map((age) => formatAgo(age, now))).toEqual(["now", "12 s ago", "59 min ago", "23 h ago"]);
    expect([0, 0.999, 1, 1.5].map(formatPercent)).toEqual(["0%", "99%", "100%", "100%"]);
  });

  it("a table aligns by what is seen, not by colour codes", () => {
    const style = createStyle(true);
    const rows = [
      [style.red("failed"), "1"],
      ["ok", "1000"],
    ];
    const text = formatTable([{ title: "A" }, { title: "N", align: "right" }], rows, style);
    expect(text).toContain("\u001B[31mfailed\u001B[39m     1\nok      1000\n");
  });

  it("colour is for terminals that have it, unless NO_COLOR is set", () => {
    const terminal = { write: () => true, isTTY: true, hasColors: () => true };
    expect(styleFor(terminal, {}).colour).toBe(true);
    expect(styleFor(terminal, { NO_COLOR: "" }).colour).toBe(true);
    expect(styleFor(terminal, { NO_COLOR: "1" }).colour).toBe(false);
    expect(styleFor({ ...terminal, isTTY: false }, {}).colour).toBe(false);
    expect(styleFor({ ...terminal, hasColors: () => false }, {}).colour).toBe(false);
  });
});
