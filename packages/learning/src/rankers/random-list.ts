import type { Ranker } from "./_ranker.ts";

export const randomList: Ranker = {
  name: "random-list",
  title: "k at random",
  summary: "Schedules drawn without looking at anything: the floor that every ranker must beat.",
  conditioned: false,
  reads: "nothing",
  rank({ candidates, k, random }) {
    const left = [...candidates];
    return Array.from(
      { length: Math.min(k, left.length) },
      () => left.splice(Math.floor(random() * left.length), 1)[0]!,
    );
  },
};
