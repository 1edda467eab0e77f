import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";

const quick = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** The metrics of one process, in a registry of their own. Units are in the names, as Prometheus wants them. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requestSeconds: new Histogram({
      name: "etude_http_request_seconds",
      help: "Time to answer an HTTP request.",
      labelNames: ["method", "route", "status"],
      buckets: [...quick, 5, 10],
      registers,
    }),
    viewers: new Gauge({ name: "etude_live_viewers", help: "Open live sockets.", registers }),
    framesSent: new Counter({
      name: "etude_live_frames_total",
      help: "Frames sent to viewers.",
      labelNames: ["type"],
      registers,
    }),
    queueJobs: new Gauge({
      name: "etude_queue_jobs",
      help: "Deliveries in the queue.",
      labelNames: ["pool", "state"],
      registers,
    }),
    runs: new Gauge({ name: "etude_runs", help: "Runs by status.", labelNames: ["status"], registers }),
    requeued: new Counter({
      name: "etude_runs_requeued_total",
      help: "Runs given to another worker because theirs was lost.",
      registers,
    }),
    appendSeconds: new Histogram({
      name: "etude_append_seconds",
      help: "Time to commit new points of a run.",
      buckets: quick,
      registers,
    }),
    pointsAppended: new Counter({ name: "etude_points_appended_total", help: "Points committed.", registers }),
    pointsRefused: new Counter({
      name: "etude_points_refused_total",
      help: "Points refused because their step was not above the last of their series.",
      registers,
    }),
    deliveries: new Counter({
      name: "etude_deliveries_total",
      help: "Deliveries that a worker has ended, by what became of the run.",
      labelNames: ["outcome"],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
