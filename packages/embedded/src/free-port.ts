import { createServer, type AddressInfo } from "node:net";

/** A TCP port on the loopback address that is free now; `preferred` when that one is. */
export async function freePort(preferred = 0): Promise<number> {
  const tryPort = (port: number): Promise<number | null> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once("error", () => resolve(null));
      server.listen(port, "127.0.0.1", () => {
        const chosen = (server.address() as AddressInfo).port;
        server.close(() => resolve(chosen));
      });
    });
  const port = (await tryPort(preferred)) ?? (await tryPort(0));
  if (port === null) throw new Error("No free TCP port on 127.0.0.1.");
  return port;
}
