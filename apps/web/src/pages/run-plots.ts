import { Smoother } from "../chart/smooth.ts";
import type { Plot, Trace } from "../chart/types.ts";
import type { RunFeed } from "../live/run-feed.ts";

/** The two charts of a run: its losses above, its learning rate below. */
export function runPlots(
  feed: RunFeed,
  keys: readonly string[],
  { smoothing, log, reactive }: { readonly smoothing: number; readonly log: boolean; readonly reactive: boolean },
): Plot[] {
  const smoother = new Smoother(smoothing);
  const train: Trace = {
    id: "train",
    label: "train",
    colour: "var(--series-1)",
    look: smoothing > 0 ? "raw" : "band",
    curve: () => feed.curve("train/loss"),
  };
  const smoothed: Trace = {
    id: "train-smooth",
    label: "smoothed",
    colour: "var(--series-1)",
    look: "line",
    curve: () => smoother.of(feed.curve("train/loss"), feed.generation),
  };
  const validation: Trace = {
    id: "validation",
    label: "validation",
    colour: "var(--series-2)",
    look: "dots",
    curve: () => feed.curve("validation/loss"),
  };
  const planned: Trace = {
    id: "planned",
    label: "planned",
    colour: "var(--series-8)",
    dash: [2, 4],
    look: "line",
    curve: () => feed.curve("learning-rate/planned"),
  };
  const applied: Trace = {
    id: "applied",
    label: reactive ? "applied, ▲ raised, ▼ lowered" : "applied",
    colour: "var(--series-3)",
    look: "band",
    marks: reactive,
    curve: () => feed.curve("learning-rate"),
  };
  // The trainer records the planned rate only where it was not the applied one.
  const rates = keys.includes("learning-rate/planned") ? [planned, applied] : [applied];
  return [
    {
      id: "loss",
      title: "Loss",
      height: "tall",
      scale: log ? "log" : "linear",
      traces: smoothing > 0 ? [train, smoothed, validation] : [train, validation],
    },
    { id: "rate", title: "Learning rate", height: "short", scale: "linear", traces: rates },
  ];
}
