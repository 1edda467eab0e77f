/** The dashboard of a server that asks for keys. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, startBrowser } from "./browser.ts";
import { type Product, startProduct } from "./product.ts";

describe.skipIf(chromiumPath === null)("dashboard of a server with keys", () => {
  const key = `etude_${"k".repeat(43)}`;
  let product: Product;
  let browser: Browser;

  beforeAll(async () => {
    product = await startProduct({ env: { ETUDE_ADMIN_KEY: key } });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  it("asks for a key, trades it for a session that also opens the socket, and forgets it on logging out", async () => {
    const page = await browser.newPage();
    await page.goto(`${product.url}/studies`);
    await page.waitForURL(/\/login\?next=\/studies$/);
    await page.getByLabel("API key").fill("etude_wrong");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").getByText("No valid key or session").waitFor();
    await page.getByLabel("API key").fill(key);
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL(/\/studies$/);
    await page.getByText("No studies yet").waitFor();
    await page.getByText(/^live \d+ ms$/).waitFor();
    await page.goto(`${product.url}/settings`);
    await page.getByText(/scope admin/).waitFor();
    // Scripts of the page cannot read the session.
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const cookies = await page.context().cookies();
    expect(cookies.map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
      { httpOnly: true, sameSite: "Strict" },
    ]);
    await page.getByRole("button", { name: "Log out" }).click();
    await page.getByLabel("API key").waitFor();
    await page.goto(product.url);
    await page.waitForURL(/\/login/);
  });
});
