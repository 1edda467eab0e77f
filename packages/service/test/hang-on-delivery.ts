/** A worker process for the tests: takes a delivery of a pool, says so, and never ends it. Arguments: place as JSON, pool. */
import { createLogger, createQueueing, type QueueingPlace } from "../src/index.ts";

const [, , place = "", pool = ""] = process.argv;
const queueing = createQueueing(JSON.parse(place) as QueueingPlace, createLogger({ logLevel: "silent" }, "hang"));
const hang = async (): Promise<void> => {
  console.log("taken");
  await new Promise(() => setInterval(() => {}, 1000));
};
queueing.work(pool, hang, { concurrency: 1 });
