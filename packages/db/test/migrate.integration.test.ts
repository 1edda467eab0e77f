import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate, migrationsFolder } from "@etude/db";
import { readdirSync } from "node:fs";
import { afterAll, beforeEach, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";

const { url, pool } = await withDatabase();
const folder = mkdtempSync(join(tmpdir(), "etude-migrations-"));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "migration.sql"), sql);
}
beforeEach(async () => {
  await pool.query("drop schema public cascade");
  await pool.query("create schema public");
  rmSync(folder, { recursive: true });
  write("01_first", "create table a (n int); create function f() returns int language sql as $$ select 1; $$;");
  write("02_second", "alter table a add column m int;");
});
const recorded = async () => {
  const { rows } = await pool.query(
    "select migration_name as name, finished_at is not null as done, applied_steps_count as steps from _prisma_migrations order by started_at",
  );
  return rows;
};

test("an empty database gets every migration once, in order, whoever comes at the same time", async () => {
  const reports = await Promise.all([migrate(url, folder), migrate(url, folder), migrate(url, folder)]);
  expect(reports.flatMap(({ applied }) => applied)).toEqual(["01_first", "02_second"]);
  expect(await recorded()).toEqual([
    { name: "01_first", done: true, steps: 1 },
    { name: "02_second", done: true, steps: 1 },
  ]);
});

test("a failing migration leaves the ones before it, nothing of itself, and says why", async () => {
  write("03_third", "create table b (n int); insert into nowhere values (1);");
  await expect(migrate(url, folder)).rejects.toThrow(
    /03_third failed and was rolled back.*relation "nowhere" does not exist/,
  );
  expect((await recorded()).map(({ name }) => name)).toEqual(["01_first", "02_second"]);
  expect((await pool.query("select to_regclass('b') as b")).rows).toEqual([{ b: null }]);
  write("03_third", "create table b (n int);");
  expect((await migrate(url, folder)).applied).toEqual(["03_third"]);
});

test("a migration that another tool left half applied stops everything, with the remedy", async () => {
  await migrate(url, folder);
  await pool.query("update _prisma_migrations set finished_at = null where migration_name = '02_second'");
  await expect(migrate(url, folder)).rejects.toThrow(/02_second was begun but not finished.*prisma migrate resolve/s);
  await pool.query("update _prisma_migrations set rolled_back_at = now() where migration_name = '02_second'");
  await pool.query("alter table a drop column m");
  expect((await migrate(url, folder)).applied).toEqual(["02_second"]);
});

test("changed files and migrations of a newer version are reported", async () => {
  await migrate(url, folder);
  write("01_first", "create table a (n int); -- edited");
  rmSync(join(folder, "02_second"), { recursive: true });
  expect(await migrate(url, folder)).toEqual({ applied: [], changed: ["01_first"], unknown: ["02_second"] });
});

test("the real migrations apply to an empty database, and every foreign key has an index", async () => {
  const names = readdirSync(migrationsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect((await migrate(url)).applied).toEqual(names.sort());
  const { rows } = await pool.query(`
    select c.conrelid::regclass::text as table_name, c.conname from pg_constraint c
    where c.contype = 'f' and not exists (
      select from pg_index i where i.indrelid = c.conrelid
        and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)`);
  expect(rows).toEqual([]);
});
