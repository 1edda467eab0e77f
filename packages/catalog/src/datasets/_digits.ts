import type { Examples } from "../dataset.ts";

export const digitRows = 1797;
const pixels = 64;

/** The shipped file of handwritten digits, which two datasets read. */
export const digitsFile = {
  name: "digits.u8",
  source:
    "E. Alpaydin, C. Kaynak: Optical Recognition of Handwritten Digits (test part), UCI Machine Learning Repository",
  licence: "CC BY 4.0",

  /** Returns images scaled to 0 … 1 and their labels. */
  parse(bytes: Uint8Array): Examples {
    const expected = digitRows * (pixels + 1);
    if (bytes.length !== expected) throw new Error(`digits.u8 has ${bytes.length} bytes, expected ${expected}`);
    const inputs = new Float32Array(digitRows * pixels);
    const targets = new Float32Array(digitRows);
    for (let row = 0; row < digitRows; row++) {
      const at = row * (pixels + 1);
      for (let pixel = 0; pixel < pixels; pixel++) inputs[row * pixels + pixel] = bytes[at + pixel]! / 16;
      targets[row] = bytes[at + pixels]!;
    }
    return { count: digitRows, inputs, targets };
  },
};
