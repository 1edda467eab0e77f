export { createLogger, runLogger, logLevels, type Logger, type LogLevel } from "./logger.ts";
export { createQueueing, type QueueingPlace } from "./queueing/create-queueing.ts";
export {
  QueueUnavailableError,
  type Queueing,
  type Consumer,
  type TrainHandler,
  type NewTrainJob,
} from "./queueing/queueing.ts";
export { createBus } from "./bus/create-bus.ts";
export type { Bus, BusMessage } from "./bus/bus.ts";
export { createBlobs, type BlobsCredentials } from "./blobs/create-blobs.ts";
export { sha256Of, type Blobs } from "./blobs/blobs.ts";
