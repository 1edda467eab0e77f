import { styleText } from "node:util";
import type { TextOut } from "../io.ts";

type Format = Parameters<typeof styleText>[0];
type Paint = (text: string) => string;

export interface Style {
  readonly colour: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly red: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  /** One of six colours that stay apart, for run number `index`. */
  readonly series: (index: number) => Paint;
}

const palette = ["cyan", "magenta", "yellow", "green", "blue", "red"] as const;

/** Paints when `colour`, else leaves text alone. */
export function createStyle(colour: boolean): Style {
  const paint = (format: Format): Paint =>
    colour ? (text) => styleText(format, text, { validateStream: false }) : (text) => text;
  return {
    colour,
    bold: paint("bold"),
    dim: paint("dim"),
    red: paint("red"),
    green: paint("green"),
    yellow: paint("yellow"),
    series: (index) => paint(palette[index % palette.length] as Format),
  };
}

/** Colour on terminals only; NO_COLOR (no-color.org) turns it off there too. */
export function styleFor(out: TextOut, env: Readonly<Record<string, string | undefined>>): Style {
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return createStyle(false);
  return createStyle(out.isTTY === true && (out.hasColors?.(env) ?? false));
}
