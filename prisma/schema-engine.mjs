#!/usr/bin/env node
/**
 * Prisma's schema engine as WebAssembly, speaking the native binary's JSON-RPC over stdio, so that `prisma` works
 * without downloading that binary: PRISMA_SCHEMA_ENGINE_BINARY=prisma/schema-engine.mjs npx prisma …
 * Not supported: `generate --sql`.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import * as engineGlue from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

// The catalogue queries return "char" (OID 18), which adapter-pg does not name; read it as text (25).
const describeRow = pg.Query.prototype.handleRowDescription;
pg.Query.prototype.handleRowDescription = function (message) {
  for (const field of message.fields) if (field.dataTypeID === 18) field.dataTypeID = 25;
  return describeRow.call(this, message);
};

const flags = process.argv.slice(2);
const valuesOf = (name) => flags.flatMap((flag, at) => (flag === name ? [flags[at + 1]] : []));
const datasource = valuesOf("--datasource")[0];
const url = new URL(datasource ? JSON.parse(datasource).url : process.env.DATABASE_URL);
const connection = {
  host: url.hostname,
  port: Number(url.port || 5432),
  user: decodeURIComponent(url.username),
  password: decodeURIComponent(url.password),
  database: url.pathname.slice(1),
};
const connect = async (config) => {
  const client = new pg.Client(config);
  await client.connect();
  return client;
};

/** The engine insists on a character where it asks for the type of a constraint, and panics on text. */
function readsConstraints(adapter) {
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const result = await queryRaw(query);
    const at = result.columnNames.indexOf("constraint_type");
    if (at >= 0) result.columnTypes[at] = ColumnTypeEnum.Character;
    return result;
  };
  return adapter;
}

/**
 * The engine replays migrations in a shadow database. adapter-pg drops its own while still connected to it, and
 * splits scripts at every semicolon, also inside $$ bodies: this one hangs up first and sends scripts whole.
 */
async function connectToShadowDb() {
  const admin = await connect(connection);
  const database = `shadow_${crypto.randomUUID()}`;
  await admin.query(`CREATE DATABASE "${database}"`);
  const shadow = readsConstraints(await new PrismaPg({ ...connection, database }).connect());
  const scripts = await connect({ ...connection, database });
  shadow.executeScript = async (script) => void (await scripts.query(script));
  const hangUp = shadow.dispose.bind(shadow);
  shadow.dispose = async () => {
    await hangUp();
    await scripts.end();
    await admin.query(`DROP DATABASE "${database}" WITH (FORCE)`);
    await admin.end();
  };
  return shadow;
}

/** `schema-engine cli can-connect-to-database | create-database` */
async function runCommand(command) {
  const creating = command === "create-database";
  try {
    const client = await connect(creating ? { ...connection, database: "postgres" } : connection);
    if (creating) await client.query(`CREATE DATABASE "${connection.database}"`);
    await client.end();
  } catch (error) {
    const code = { "3D000": "P1003", "28P01": "P1000" }[error.code] ?? "P1001";
    const fields = { error_code: code, message: error.message };
    process.stderr.write(`\n${JSON.stringify({ level: "ERROR", target: "schema_engine::logger", fields })}\n`);
    process.exitCode = 1;
  }
}

/** Where the engine leaves what it says when it panics; without it a panic would end this process in silence. */
const panic = { message: "" };
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => void (panic.message = message) };

async function startEngine() {
  const glue = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm/schema_engine_bg");
  const wasm = readFileSync(glue.replace(/js$/, "wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": engineGlue });
  engineGlue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const models = valuesOf("--datamodels").map((file) => [file, readFileSync(file, "utf8")]);
  const adapters = new PrismaPg(connection);
  const connectToDb = adapters.connect.bind(adapters);
  Object.assign(adapters, { connect: async () => readsConstraints(await connectToDb()), connectToShadowDb });
  const options = { datamodels: models.length > 0 ? models : undefined };
  return engineGlue.SchemaEngine.new(options, () => {}, bindMigrationAwareSqlAdapterFactory(adapters));
}

async function answer(engine, { id, method, params }) {
  const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  // A panic surfaces outside the call's promise, which then never settles.
  process.once("uncaughtException", (error) => {
    process.stderr.write(`${panic.message || error.stack}\n`);
    process.exit(101);
  });
  try {
    const result = (await engine[method === "getDatabaseVersion" ? "version" : method](params)) ?? {};
    if (result.stdout) write({ id: -id, method: "print", params: { content: result.stdout } });
    write({ id, result });
  } catch (error) {
    const message = panic.message || String(error?.message ?? error);
    write({
      id,
      error: {
        code: 4466,
        message,
        data: { is_panic: panic.message !== "", message, error_code: error?.code ?? null },
      },
    });
  }
}

if (flags.includes("cli")) await runCommand(flags[flags.indexOf("cli") + 1]);
else {
  const engine = await startEngine();
  for await (const line of createInterface({ input: process.stdin })) {
    const message = line.trim() && JSON.parse(line);
    if (message?.method) await answer(engine, message);
  }
  process.exit();
}
