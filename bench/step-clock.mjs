// Loaded into the trainer child by bench/live-latency.ts: notes when each batch of points left the training loop.
import { appendFileSync } from "node:fs";

const file = process.env.STEP_CLOCK_FILE;
if (file && process.send && /child\.(ts|js)$/.test(process.argv[1] ?? "")) {
  const send = process.send.bind(process);
  process.send = (message, ...rest) => {
    if (message.type === "points")
      appendFileSync(file, `${message.step} ${performance.timeOrigin + performance.now()}\n`);
    return send(message, ...rest);
  };
}
