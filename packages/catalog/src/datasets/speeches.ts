import { z } from "zod";
import type { Dataset, Examples } from "../dataset.ts";
import { permutation, randomStream } from "../random.ts";
import { labelNoise, noisyLabels } from "./_label-noise.ts";
import { fileBytes, splitSeed, validationFraction } from "./_params.ts";
import { firstWord, type Speech, speechesFile } from "./_speeches.ts";

/** First years of the second to the last era; each era has about as many speeches. */
const eras = [1848, 1906, 1964];

const params = z
  .strictObject({
    kind: z.literal("speeches"),
    vocabulary: z
      .int()
      .min(10)
      .max(6002)
      .default(4000)
      .describe("Token ids: padding, the unknown word, then the most frequent words."),
    length: z.int().min(4).max(48).default(48).describe("Words of each passage that are read."),
    perSpeech: z.int().min(1).max(20).default(20).describe("Passages of each speech."),
    labelNoise,
    validationFraction,
    splitSeed,
  })
  .meta({ id: "SpeechesDataset", title: "Speeches" });

/** Passages of 48 words from State of the Union addresses; the class is the era. Whole speeches are held back. */
export const speeches: Dataset<typeof params> = {
  kind: "speeches",
  task: "text-classification",
  params,
  doc: {
    title: "Speeches",
    summary:
      "4657 passages of 233 State of the Union addresses; from which era is it: before 1848, 1906, 1964, or later? Validation is on other speeches.",
    source: speechesFile.source,
    licence: speechesFile.licence,
  },
  example: { kind: "speeches", vocabulary: 2000 },
  files: [speechesFile.name],
  load({ vocabulary, length, perSpeech, labelNoise: share, validationFraction: fraction, splitSeed: seed }, files) {
    const file = speechesFile.parse(fileBytes(files, speechesFile.name));
    const eraOf = ({ year }: Speech): number => eras.filter((first) => year >= first).length;
    const held = new Set<Speech>();
    for (let era = 0; era <= eras.length; era++) {
      const own = file.speeches.filter((speech) => eraOf(speech) === era);
      const order = permutation(own.length, randomStream(seed, `split/${era}`));
      const count = Math.min(own.length - 1, Math.max(1, Math.round(own.length * fraction)));
      for (const at of order.subarray(0, count)) held.add(own[at]!);
    }
    const examplesOf = (chosen: readonly Speech[]): Examples => {
      const inputs: number[] = [];
      const targets: number[] = [];
      for (const speech of chosen) {
        const passages = Math.min(perSpeech, speech.tokens.length / file.length);
        for (let passage = 0; passage < passages; passage++) {
          const from = passage * file.length;
          for (const token of speech.tokens.subarray(from, from + length)) inputs.push(token < vocabulary ? token : 1);
          targets.push(eraOf(speech));
        }
      }
      return { count: targets.length, inputs: Float32Array.from(inputs), targets: Float32Array.from(targets) };
    };
    const train = examplesOf(file.speeches.filter((speech) => !held.has(speech)));
    return {
      task: "text-classification",
      shape: [length],
      outputs: eras.length + 1,
      vocabulary: Math.min(vocabulary, file.words.length + firstWord),
      train: noisyLabels(train, eras.length + 1, share, seed),
      validation: examplesOf([...held]),
    };
  },
};
