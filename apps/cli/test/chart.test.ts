import { describe, expect, it } from "vitest";
import { BrailleCanvas } from "../src/chart/braille.ts";
import { drawCharts } from "../src/chart/chart.ts";
import { Screen } from "../src/chart/screen.ts";
import { createStyle } from "../src/format/style.ts";

const plain = createStyle(false);

const curve = (values: number[], layer = 0) => {
  const column = Float64Array.from(values);
  return { view: { steps: Float64Array.from(values, (_, i) => i), values: column, min: column, max: column }, layer };
};

const options = { columns: 44, rows: 14, firstStep: 0, lastStep: 99, style: plain };
const loss = curve(Array.from({ length: 100 }, (_, t) => 2 * 0.95 ** t + 0.1));
const rate = curve(
  Array.from({ length: 100 }, (_, t) => 0.05 * (1 + Math.cos((Math.PI * t) / 99))),
  2,
);

describe("braille canvas", () => {
  it("sets the eight dots of a character and keeps out what is outside", () => {
    const canvas = new BrailleCanvas(2, 1);
    for (const [x, y] of [
      [0, 0],
      [1, 3],
      [2, 0],
      [9, 9],
      [-1, 0],
    ] as const)
      canvas.set(x, y, 0);
    expect(canvas.row(0, (text) => text)).toBe("⢁⠁");
    canvas.line(0, 0, 3, 3, 1);
    expect(canvas.row(0, (text, layer) => `<${layer}${text}>`)).toBe(
      "<1⢓⢄>".replace(
        "⢓⢄",
        canvas.row(0, (text) => text),
      ),
    );
  });

  it("draws every slope", () => {
    const picture = (x: number, y: number): string => {
      const canvas = new BrailleCanvas(2, 1);
      canvas.line(0, 0, x, y, 0);
      return canvas.row(0, (text) => text);
    };
    expect([picture(3, 0), picture(0, 3), picture(3, 3)]).toEqual(["⠉⠉", "⡇ ", "⠑⢄"]);
  });
});

describe("charts", () => {
  it("stand above one another on one x axis", () => {
    const panels = [
      { title: "loss", curves: [loss], weight: 3 },
      { title: "learning rate", curves: [rate], weight: 2 },
    ];
    expect(`\n${drawCharts(panels, options).join("\n")}\n`).toMatchInlineSnapshot(`
      "
                loss
             2 ┤⠱⡀
               │ ⠘⢄
               │  ⠈⠲⣀
             1 ┤    ⠈⠑⢄⡀
               │       ⠉⠓⠦⢄⣀⡀
               │            ⠉⠉⠓⠒⠒⠤⠤⠤⠤⠤⠤⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀
                learning rate
           0.1 ┤⠉⠉⠉⠉⠒⠒⠒⠤⠤⣀⡀
               │          ⠈⠉⠓⠢⠤⣄⡀
               │                ⠈⠙⠒⠢⢤⣀⡀
             0 ┤                      ⠈⠉⠒⠒⠤⠤⠤⣀⣀⣀⣀
               └┴───────────────┴────────────────
                0              50
      "
    `);
  });

  it("leave room for the steps to come", () => {
    const half = curve(Array.from({ length: 50 }, (_, t) => t));
    expect(`\n${drawCharts([{ title: "loss", curves: [half], weight: 1 }], { ...options, rows: 8 }).join("\n")}\n`)
      .toMatchInlineSnapshot(`
        "
                  loss
              40 ┤             ⣀⡤⠖⠁
                 │          ⣀⠔⠊⠁
              20 ┤      ⢀⡤⠖⠋
                 │   ⢀⠤⠚⠁
               0 ┤⣠⠔⠊⠁
                 └┴───────────────┴────────────────
                  0              50
        "
      `);
  });

  it("show a spike of one step, and a gap for NaN", () => {
    const values = Array.from({ length: 100 }, (_, t) => (t === 50 ? 9 : t > 60 && t < 80 ? Number.NaN : 1));
    expect(
      `\n${drawCharts([{ title: "loss", curves: [curve(values)], weight: 1 }], { ...options, rows: 8 }).join("\n")}\n`,
    ).toMatchInlineSnapshot(`
      "
                loss
               │                ⢸
               │                ⢸
             5 ┤                ⣼
               │                ⣿
               │⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣿⣀⣀⣀      ⢀⣀⣀⣀⣀⣀⣀
               └┴───────────────┴────────────────
                0              50
      "
    `);
  });

  it("show the extremes of buckets", () => {
    const view = {
      steps: Float64Array.of(24, 49, 74, 99),
      values: Float64Array.of(1, 1, 1, 1),
      min: Float64Array.of(1, 1, 0, 1),
      max: Float64Array.of(1, 3, 1, 1),
    };
    expect(
      `\n${drawCharts([{ title: "loss", curves: [{ view, layer: 0 }], weight: 1 }], { ...options, rows: 8 }).join("\n")}\n`,
    ).toMatchInlineSnapshot(`
      "
                loss
               │                ⡇
             2 ┤                ⡇
               │                ⡇
               │        ⠒⠒⠒⠒⠒⠒⠒⠒⠓⠒⠒⠒⠒⠒⠒⠒⢲⠒⠒⠒⠒⠒⠒⠒⠒
             0 ┤                        ⢸
               └┴───────────────┴────────────────
                0              50
      "
    `);
  });

  it("take a logarithmic axis when positive values are far apart", () => {
    const lines = drawCharts([{ title: "loss", curves: [curve([100, 10, 1, 0.1, 0.01])], weight: 1 }], {
      ...options,
      lastStep: 4,
    });
    expect(lines[0]).toContain("loss  log scale");
    expect(lines.map((line) => line.slice(0, 8).trim()).filter(Boolean)).toEqual(["100", "10", "1", "0.1", "0.01"]);
  });

  it("survive no points, one point and a flat line", () => {
    for (const values of [[], [0.5], [3, 3, 3], [0, 0], [Number.NaN]]) {
      const lines = drawCharts([{ title: "loss", curves: [curve(values)], weight: 1 }], { ...options, rows: 8 });
      expect(lines).toHaveLength(8);
      expect(/[⠁-⣿]/.test(lines.join("\n"))).toBe(values.some(Number.isFinite));
    }
  });

  it.each([20, 44, 79, 200])("fit into %d columns", (columns) => {
    const lines = drawCharts([{ title: "loss", curves: [loss], weight: 1 }], { ...options, columns });
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(Math.max(columns, 21));
    expect(lines).toHaveLength(options.rows);
  });

  it("colour each layer on its own", () => {
    const lines = drawCharts([{ title: "rate", curves: [rate], weight: 1 }], { ...options, style: createStyle(true) });
    expect(lines.join("")).toContain("\u001B[33m⠉");
  });
});

describe("screen", () => {
  it("draws in place on the second screen and gives the first one back", () => {
    let written = "";
    const screen = new Screen({ write: (text) => (written += text), columns: 50, rows: 10 });
    screen.show(["a", "b"]);
    screen.leave();
    expect(written).toBe(
      "\u001B[?1049h\u001B[?25l\u001B[?2026h\u001B[Ha\u001B[0K\nb\u001B[0K\u001B[0J\u001B[?2026l\u001B[?25h\u001B[?1049l",
    );
    expect([screen.columns, screen.rows]).toEqual([50, 10]);
  });
});
