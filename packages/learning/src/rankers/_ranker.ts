/** The contract of a ranker: past tasks and a new one in, schedules to try out. */
import type { DescribedTask } from "../evidence/task-distance.ts";
import type { TaskRow } from "../evidence/task-table.ts";

export interface RankingRequest {
  /** Tasks of the past; none of them need be like the new one. */
  readonly past: readonly TaskRow[];
  readonly task: DescribedTask;
  /** Shapes that may be chosen, sorted. */
  readonly candidates: readonly string[];
  readonly k: number;
  /** Uniform in [0, 1); for rankers that draw. */
  readonly random: () => number;
}

/** One ranker = one file in this folder, exporting one of these under the camelCase of its file name. */
export interface Ranker {
  /** Its file's name. */
  readonly name: string;
  readonly title: string;
  /** One sentence: how it chooses. */
  readonly summary: string;
  /** Whether the new task's description changes the answer. */
  readonly conditioned: boolean;
  /** What it reads off losses: their order only, their ratios, or nothing. */
  readonly reads: "ranks" | "regrets" | "nothing";
  /** Returns up to k shapes, the first to be tried first. A function of the request alone, whatever the order of `past`. */
  rank(request: RankingRequest): string[];
}
