// Made by tools/generate-registries.ts; run `npm run generate` after adding a file to this folder.
import { fixedList } from "./fixed-list.ts";
import { medianRank } from "./median-rank.ts";
import { nearestTasks } from "./nearest-tasks.ts";
import { portfolioByRegret } from "./portfolio-by-regret.ts";
import { quantileTransfer } from "./quantile-transfer.ts";
import { randomList } from "./random-list.ts";

export const rankerRegistry = [fixedList, medianRank, nearestTasks, portfolioByRegret, quantileTransfer, randomList] as const;
