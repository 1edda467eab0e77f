import { expect } from "vitest";
import { nativeAddon } from "../../src/backends/native-addon.ts";

/** Whether native TensorFlow can be tested here. */
export const hasNative = nativeAddon() !== undefined;

/** Adds to a test's name why it is skipped, where it is. */
export const onNative = (name: string): string =>
  hasNative ? name : `${name} (skipped: no native TensorFlow here, npm run setup:native gets it)`;

/** The rows of a table of tests; none where they would all be skipped, so that the skip is reported once. */
export const rowsOnNative = <Row>(rows: readonly Row[]): readonly Row[] => (hasNative ? rows : []);

/** What a run reports that leaves the choice of backend to the trainer. */
export const chosenBackend = hasNative
  ? { name: expect.stringMatching(/^tensorflow/) as string }
  : { name: "wasm", reproducible: true };
