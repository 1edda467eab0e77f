import { z } from "zod";
import type { Dataset } from "../dataset.ts";
import { fileBytes } from "./_params.ts";
import { firstWord, speechesFile } from "./_speeches.ts";

const params = z
  .strictObject({
    kind: z.literal("speech-words"),
    words: z.int().min(10).max(5000).default(500).describe("Columns: the most frequent words after `skip`."),
    skip: z.int().min(0).max(900).default(100).describe("The most frequent words, which every speech has, left out."),
    speeches: z.int().min(10).max(233).default(233).describe("Rows: that many speeches, evenly over the years."),
  })
  .meta({ id: "SpeechWordsDataset", title: "Words of speeches" });

/** Speech × word counts, log(1 + count): a sparse non-negative matrix for topics. */
export const speechWords: Dataset<typeof params> = {
  kind: "speech-words",
  task: "factorisation",
  params,
  doc: {
    title: "Words of speeches",
    summary: "How often 233 State of the Union addresses use each word, as log(1 + count): a matrix for factorisation.",
    source: speechesFile.source,
    licence: speechesFile.licence,
  },
  example: { kind: "speech-words", words: 100, speeches: 60 },
  files: [speechesFile.name],
  load({ words, skip, speeches: rows }, files) {
    const file = speechesFile.parse(fileBytes(files, speechesFile.name));
    const first = firstWord + skip;
    const values = new Float32Array(rows * words);
    for (let row = 0; row < rows; row++) {
      const { tokens } = file.speeches[Math.floor((row * file.speeches.length) / rows)]!;
      for (const token of tokens) if (token >= first && token < first + words) values[row * words + token - first]!++;
    }
    const inputs = values.map(Math.log1p);
    const matrix = { count: rows, inputs, targets: inputs };
    return { task: "factorisation", shape: [words], outputs: words, train: matrix, validation: matrix };
  },
};
