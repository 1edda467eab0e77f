/** A parent for the tests: starts the servers, prints what it got as one JSON line, then stays until it is killed. */
import { startPostgres, startRedis } from "../src/index.ts";

const [, , dir = "", what] = process.argv;
const server = what === "redis" ? await startRedis({ dir }) : await startPostgres({ dir, database: "app" });
console.log(JSON.stringify({ url: server?.url, pid: server?.pid, adopted: server?.adopted, how: server?.how }));
setInterval(() => {}, 1000);
