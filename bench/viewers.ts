/**
 * Viewers of one run in a process of their own: sockets that note when each frame of points arrives. Told over IPC how
 * many, when each commit was, and when to stop; answers with percentiles. Stuck ones do not read at all.
 */
import { connect } from "node:net";
import { randomBytes } from "node:crypto";
import { WebSocket } from "ws";
import { percentile } from "./processes.ts";

type Told =
  | {
      readonly type: "view";
      readonly url: string;
      readonly runId: string;
      readonly viewers: number;
      readonly stuck: number;
    }
  | { readonly type: "report"; readonly commits: readonly (readonly [number, number])[] };

const clock = (): number => Number(process.hrtime.bigint()) / 1e6;
const arrivals: Map<number, number>[] = [];
let totals: number[] = [];

async function view(url: string, runId: string, at: number): Promise<void> {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/live`, { perMessageDeflate: false });
  const seen = (arrivals[at] = new Map<number, number>());
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.once("open", () => socket.send(JSON.stringify({ type: "subscribe", runId })));
    socket.on("message", (data: Buffer, isBinary) => {
      if (!isBinary) return resolve();
      const now = clock();
      const header = data.toString("latin1", 4, 4 + data.readUInt32LE(0));
      const [, to = ""] = /"to":(\d+)/.exec(header) ?? [];
      seen.set(Number(to), now);
      totals[at] = Number(to);
    });
  });
}

/** Shakes hands, subscribes, and never reads again. */
async function stick(url: string, runId: string): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const key = randomBytes(16).toString("base64");
  socket.on("error", () => undefined);
  socket.write(
    `GET /v1/live HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  await new Promise<void>((resolve) => socket.once("data", () => resolve()));
  const text = Buffer.from(JSON.stringify({ type: "subscribe", runId }));
  // A masked text frame whose mask is zero.
  socket.write(Buffer.concat([Buffer.of(0x81, 0x80 | text.length, 0, 0, 0, 0), text]));
  socket.pause();
}

process.on("message", (told: Told) => {
  void (async () => {
    if (told.type === "view") {
      const { url, runId, viewers, stuck } = told;
      for (let at = 0; at < viewers; at += 1) await view(url, runId, at);
      for (let i = 0; i < stuck; i += 1) await stick(url, runId);
      process.send?.({ type: "ready" });
      return;
    }
    const latencies: number[] = [];
    for (const seen of arrivals) {
      const frames = [...seen].sort(([a], [b]) => a - b);
      let frame = 0;
      for (const [to, at] of told.commits) {
        while (frame < frames.length && (frames[frame]?.[0] ?? 0) < to) frame += 1;
        const arrival = frames[frame]?.[1];
        if (arrival !== undefined) latencies.push(arrival - at);
      }
    }
    const last = told.commits.at(-1)?.[0] ?? 0;
    process.send?.({
      type: "report",
      p50: percentile(latencies, 50),
      p99: percentile(latencies, 99),
      complete: totals.every((total) => total === last),
    });
  })();
});
