// Brings a checkout to the state its lock file describes. Plain JavaScript: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = join(root, ".cache");
const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));

/** True when every package that the lock file demands on this platform is in node_modules at its version. */
export function dependenciesPresent() {
  const installedLock = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedLock)) return false;
  const wanted = readJson(join(root, "package-lock.json")).packages;
  const installed = readJson(installedLock).packages;
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.startsWith("node_modules/") ||
      entry.optional ||
      entry.peer ||
      entry.link ||
      installed[path]?.version === entry.version,
  );
}

const alive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** Runs `work` while no other process of this checkout runs it; a lock of a dead process is taken over. */
export async function exclusively(name, work) {
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, `${name}.lock`);
  for (let told = false; ;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      break;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      const owner = Number(existsSync(lock) ? readFileSync(lock, "utf8") : 0);
      if (owner > 0 && !alive(owner)) rmSync(lock, { force: true });
      else {
        if (!told) console.log(`Waiting for process ${owner}, which is preparing this folder.`);
        told = true;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Says what is wrong with this Node, or nothing. */
export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(
    `Etude needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one and start again.`,
  );
  process.exit(1);
}

/** Installs dependencies when they are missing or the lock file changed. Exits with a message when npm fails. */
export function ensureDependencies() {
  return exclusively("install", () => {
    if (dependenciesPresent()) return;
    console.log("Installing dependencies (once, about a minute) …");
    const npm = process.env.npm_execpath?.endsWith(".js")
      ? [process.execPath, [process.env.npm_execpath]]
      : ["npm", []];
    const result = spawnSync(npm[0], [...npm[1], "ci", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: root,
      stdio: "inherit",
    });
    if (result.status === 0) return;
    console.error(
      "npm could not install the dependencies; its message is above. Check the network or the registry in your npm configuration, then try again.",
    );
    process.exit(1);
  });
}

/** Arguments that make Node run this checkout's TypeScript from source. */
export const sourceFlags = ["--conditions=source", "--import", "tsx"];
