import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const canListen = (host: string, port: number): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", resolve);
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });

/**
 * Rejects with what to do when `port` cannot be listened on. Waits some seconds first: the API of a start that was
 * killed closes its port when it notices.
 */
export async function assertPortFree(host: string, port: number, waitMs = 5000): Promise<void> {
  const end = Date.now() + waitMs;
  for (;;) {
    const error = await canListen(host, port);
    if (!error) return;
    if (error.code === "EADDRINUSE" && Date.now() < end) {
      await sleep(200);
      continue;
    }
    const why = error.code === "EADDRINUSE" ? "another program listens there" : error.message;
    throw new Error(
      `port ${port} on ${host} cannot be used: ${why}. Choose another one: ETUDE_PORT=${port + 1} npm start`,
    );
  }
}
