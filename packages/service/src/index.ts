export { createLogger, runLogger, type Logger, type LogLevel } from "./logger.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
export { readSettings, readSettingsOrExit, SettingsError } from "./settings/read-settings.ts";
export { settingSections, type Settings } from "./settings/settings.ts";
export { factsOf, type SettingFacts } from "./settings/setting.ts";
export { placesOf } from "./settings/places.ts";
export { createQueueing, prepareQueue, type QueueingPlace } from "./queueing/create-queueing.ts";
export {
  QueueUnavailableError,
  type Queueing,
  type Consumer,
  type TrainHandler,
  type NewTrainJob,
} from "./queueing/queueing.ts";
export { createBus, type BusPlace } from "./bus/create-bus.ts";
export type { Bus, BusMessage } from "./bus/bus.ts";
export { createBlobs, type BlobsSettings } from "./blobs/create-blobs.ts";
export { DamagedBlobError, sha256Of, type Blobs } from "./blobs/blobs.ts";
