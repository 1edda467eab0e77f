import { createDatabase } from "@etude/db";
import { afterAll, describe, expect, test } from "vitest";
import { withDatabase } from "../../../test/kit/index.ts";
import { claimNext, newRun, recorderOf } from "./support.ts";

const sha = (digit: string): string => digit.repeat(64);

const { url } = await withDatabase();
const db = createDatabase({ url });
afterAll(() => db.close());

describe("artifacts", () => {
  test("the last file of a name counts, and a worker that lost its run leaves none", async () => {
    const { id } = await newRun(db);
    await claimNext(db, id);
    const report = { name: "report.json", mediaType: "application/json", bytes: 2 };
    expect(await db.artifacts.record(id, 1, { ...report, sha256: sha("a") })).toBe("recorded");
    expect(await db.artifacts.record(id, 1, { ...report, sha256: sha("b") })).toBe("recorded");
    expect(await db.artifacts.record(id, 2, { ...report, sha256: sha("c") })).toBe("lost");
    expect(await db.artifacts.list(id)).toMatchObject([{ ...report, attempt: 1, sha256: sha("b") }]);
    await db.runs.finish(id, 1, { outcome: "completed" });
    expect(await db.artifacts.record(id, 1, { ...report, sha256: sha("c") })).toBe("lost");
  });

  test("a blob goes only when nothing refers to it", async () => {
    const [first, second] = [await newRun(db), await newRun(db)];
    const checkpoint = { step: 5, file: "f", sha256: sha("d"), bytes: 1 };
    for (const { id } of [first, second]) {
      const recorder = await recorderOf(db, await claimNext(db, id));
      await recorder.registerCheckpoint(checkpoint);
      await db.runs.finish(id, 1, { outcome: "cancelled" });
    }
    const { blobs } = await db.runs.remove(first.id);
    expect(blobs).toEqual([checkpoint.sha256]);
    expect(await db.artifacts.unreferenced(blobs)).toEqual([]);
    expect(await db.artifacts.unreferenced((await db.runs.remove(second.id)).blobs)).toEqual(blobs);
  });
});
