/** What can be checked of the images without a Docker engine: that what they copy, run and need is there. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const dockerfile = readFileSync("Dockerfile", "utf8");
const compose = parse(readFileSync("docker-compose.yml", "utf8"), { merge: true }) as {
  services: Record<
    string,
    {
      build?: { target: string };
      image?: string;
      command?: string[];
      environment?: Record<string, string>;
      depends_on?: Record<string, { condition: string }>;
      volumes?: string[];
      healthcheck?: object;
    }
  >;
  volumes: Record<string, unknown>;
};
const lines = dockerfile.replaceAll(/\\\n\s*/g, " ").split("\n");
const stages = [...dockerfile.matchAll(/^FROM .* AS (\S+)$/gm)].map((match) => match[1]);
/** The source of a compiled file. */
const sourceOf = (path: string): string => path.replace("/dist/", "/src/").replace(/\.js$/, ".ts");

describe("the Dockerfile", () => {
  it("has the targets that compose builds, and the GPU one", () => {
    expect(stages).toEqual(expect.arrayContaining(["api", "trainer", "trainer-gpu"]));
  });

  it("copies only what exists", () => {
    const copied = lines
      .filter((line) => line.startsWith("COPY ") && !line.includes("--from="))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    expect(copied.length).toBeGreaterThan(10);
    for (const path of copied) expect(existsSync(path), path).toBe(true);
  });

  it("copies the manifest of every workspace before it installs", () => {
    for (const folder of ["packages", "apps", "workers"]) {
      for (const name of readdirSync(folder))
        expect(dockerfile).toContain(`COPY ${folder}/${name}/package.json ${folder}/${name}/`);
    }
  });

  it("copies from stages that exist, and starts files that the build makes", () => {
    for (const [, stage] of dockerfile.matchAll(/--from=(\S+)/g)) expect(stages).toContain(stage);
    const commands = [...dockerfile.matchAll(/^CMD \["node", "(\S+)"\]$/gm)].map((match) => match[1] as string);
    expect(commands).toHaveLength(3);
    for (const file of commands) expect(existsSync(sourceOf(file)), file).toBe(true);
  });

  it("runs only scripts that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    for (const [, script] of dockerfile.matchAll(/npm run (\S+)/g)) expect(scripts).toHaveProperty(script as string);
  });
});

describe("docker-compose.yml", () => {
  it("builds targets that exist and starts files that exist", () => {
    for (const { build, image, command } of Object.values(compose.services)) {
      if (build) expect(stages).toContain(build.target);
      else expect(image).toBeTypeOf("string");
      if (command?.[0] === "node") expect(existsSync(sourceOf(command[1] as string))).toBe(true);
    }
  });

  it("waits for services and mounts volumes that are declared", () => {
    for (const { depends_on = {}, volumes = [] } of Object.values(compose.services)) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        expect(compose.services).toHaveProperty(name);
        if (condition === "service_healthy") expect(compose.services[name]?.healthcheck).toBeDefined();
      }
      for (const volume of volumes) expect(compose.volumes).toHaveProperty(volume.split(":")[0] as string);
    }
  });

  it("never lets Redis evict, and demands a first key", () => {
    expect(compose.services["redis"]?.command?.join(" ")).toContain("--maxmemory-policy noeviction");
    expect(compose.services["api"]?.environment?.["ETUDE_ADMIN_KEY"]).toMatch(/^\$\{ETUDE_ADMIN_KEY:\?/);
  });
});
