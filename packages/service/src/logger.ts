import { pino, stdSerializers, stdTimeFunctions, type DestinationStream, type Logger } from "pino";

export type { Logger } from "pino";

export const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * The process's logger: JSON lines on standard output (or `destination`), each with the process's name.
 * Secrets in URLs and headers are never to be logged; what could carry them by accident is redacted here.
 */
export function createLogger(settings: { logLevel: LogLevel }, name: string, destination?: DestinationStream): Logger {
  const configured = {
    name,
    level: settings.logLevel,
    timestamp: stdTimeFunctions.isoTime,
    serializers: { err: stdSerializers.err },
    redact: {
      paths: ["req.headers.authorization", "req.headers.cookie", "*.password", "*.adminKey"],
      censor: "[redacted]",
    },
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return destination ? pino(configured, destination) : pino(configured);
}

/** A logger whose lines carry the run and its attempt. */
export const runLogger = (logger: Logger, runId: string, attempt: number): Logger => logger.child({ runId, attempt });
