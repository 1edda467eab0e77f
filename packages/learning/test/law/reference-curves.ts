import { readFileSync } from "node:fs";
import { type LossCurve, readCurve } from "../../src/law/index.ts";

/** Curves of the authors of the Multi-Power Law (test/fixtures/loss-curves, MIT), of a model size. */
export const referenceCurves = (size: "25M" | "100M", files: readonly string[]): LossCurve[] =>
  files.map((file) =>
    readCurve(file, readFileSync(new URL(`../fixtures/loss-curves/${size}/${file}.csv`, import.meta.url), "utf8")),
  );

export const trainFiles = ["cosine_24000", "constant_24000", "wsdcon_9"];
export const testFiles = [
  "constant_72000",
  "cosine_72000",
  "wsd_20000_24000",
  "wsdld_20000_24000",
  "wsdcon_3",
  "wsdcon_18",
];
