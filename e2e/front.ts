/** What stands before several API processes: passes connections on to one that answers, as a load balancer does. */
import { connect, createServer, type Socket } from "node:net";

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it; connections go to the targets in turn, and past those that refuse. */
export async function startFront(targets: readonly string[]): Promise<Front> {
  const open = new Set<Socket>();
  let turn = 0;
  const server = createServer((client) => {
    open.add(client);
    client.on("error", () => client.destroy());
    client.on("close", () => open.delete(client));
    const first = turn++;
    const pass = (tries: number): void => {
      if (tries >= targets.length) return void client.destroy();
      const { hostname, port } = new URL(targets[(first + tries) % targets.length] ?? "");
      const target = connect({ host: hostname, port: Number(port) });
      let reached = false;
      target.on("connect", () => {
        reached = true;
        client.pipe(target).pipe(client);
      });
      target.on("error", () => (reached ? client.destroy() : pass(tries + 1)));
      target.on("close", () => reached && client.destroy());
      client.on("close", () => target.destroy());
    };
    pass(0);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
