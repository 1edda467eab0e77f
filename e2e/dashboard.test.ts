/** The dashboard as a user sees it: the real product in a headless browser. */
import type { Run, TrainingSpecInput } from "@etude/contracts";
import type { Browser, ConsoleMessage, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, eventually, inkNear, pictureOf, pointIn, settled, startBrowser } from "./browser.ts";
import { type Product, startProduct } from "./product.ts";

const base = {
  dataset: { kind: "digits" as const },
  model: { kind: "mlp" as const, hidden: [16] },
  optimizer: { kind: "momentum" as const },
  batchSize: 16,
  evaluateEvery: 25,
} satisfies Partial<TrainingSpecInput>;
const constant = { kind: "constant", rate: 0.05 } as const;
const short = (name: string, schedule: TrainingSpecInput["schedule"], seed: number): TrainingSpecInput => ({
  ...base,
  name,
  schedule,
  seed,
  budget: { steps: 150 },
});

const spikeStep = 4321;
const spikySteps = 6000;
/** One update at a rate that is 40 times higher than before and after. */
const spiky: TrainingSpecInput = {
  ...base,
  name: "one-step spike",
  model: { kind: "mlp", hidden: [] },
  schedule: {
    kind: "sequence",
    parts: [
      { steps: spikeStep, schedule: { kind: "constant", rate: 0.01 } },
      { steps: 1, schedule: { kind: "constant", rate: 0.4 } },
      { schedule: { kind: "constant", rate: 0.01 } },
    ],
  },
  budget: { steps: spikySteps },
  evaluateEvery: 1000,
};

describe.skipIf(chromiumPath === null)("dashboard", () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  async function open(path: string, options: Parameters<Browser["newContext"]>[0] = {}): Promise<void> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      colorScheme: "dark",
      ...options,
    });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on("console", (message: ConsoleMessage) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(product.url + path);
  }

  beforeAll(async () => {
    // A short lease: less waiting until the death of a worker is noticed.
    product = await startProduct({ env: { ETUDE_LEASE_MS: "4000" } });
    browser = await startBrowser();
  });
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });
  afterEach(async () => {
    await page.context().close();
    expect(complaints.splice(0)).toEqual([]);
  });

  it("says what would be there while there are no runs, and shows one as soon as somebody submits it", async () => {
    await open("/");
    await page.getByText("No runs yet").waitFor();
    await product.submit(short("first", constant, 1));
    const row = page.getByRole("row").filter({ has: page.getByRole("link", { name: "first" }) });
    await row.getByText("completed").waitFor();
    await eventually(() => row.innerText()).toMatch(/\d\s%/);
  });

  it("draws a running run's curves as points arrive, pauses it, resumes it and stops it", async () => {
    const { id } = await product.submit({
      ...base,
      name: "long",
      schedule: { kind: "cosine", rate: 0.05 },
      budget: { steps: 1_000_000 },
    });
    await open(`/runs/${id}`);
    const steps = async (): Promise<number> =>
      Number((await page.getByTestId("progress").innerText()).match(/([\d\u202f]+) \//)?.[1]?.replaceAll("\u202f", ""));
    const loss = (): Promise<string | null> => page.locator("[data-now='train/loss']").textContent();
    await eventually(steps).toBeGreaterThan(20);
    const [before, figure, picture] = [await steps(), await loss(), await pictureOf(page, ".plot.short")];
    await eventually(steps).toBeGreaterThan(before + 50);
    await eventually(loss).not.toBe(figure);
    await eventually(() => pictureOf(page, ".plot.short")).not.toBe(picture);
    await page.getByText("live", { exact: true }).waitFor();
    await page.getByText(/^live \d+ ms$/).waitFor();

    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator(".run-head").getByText("paused").waitFor();
    const paused = await steps();
    await page.getByRole("button", { name: "Resume" }).click();
    await eventually(steps).toBeGreaterThan(paused + 50);

    await page.getByRole("button", { name: "Cancel" }).click();
    await page.locator(".run-head").getByText("cancelled").waitFor();
    await page.getByRole("button", { name: "Retry" }).waitFor();
  });

  it("shows a spike of one step in a history of thousands, and that step alone when zoomed in", async () => {
    const { id } = await product.submit(spiky);
    await product.waitFor(id);
    await open(`/runs/${id}`);
    await page.locator(".run-head").getByText("completed").waitFor();
    // More steps than pixels: the spike shares its column of pixels with other steps.
    const width = (await page.locator(".plot.short .u-over").boundingBox())!.width;
    expect(width).toBeLessThan(spikySteps / 4);
    await eventually(() => inkNear(page, ".plot.short", spikeStep / (spikySteps - 1))).toBeGreaterThan(0);
    expect(await inkNear(page, ".plot.short", 0.3)).toBe(0);

    await page.goto(`${product.url}/runs/${id}?from=${spikeStep - 10}&to=${spikeStep + 10}`);
    await eventually(() => inkNear(page, ".plot.short", 0.5)).toBeGreaterThan(0);
    await page.mouse.move(...(await pointIn(page, ".plot.short", 0.5)));
    await eventually(() => page.locator("[data-readout='applied']").textContent()).toBe("0.4");
    await page.getByText(`at ${spikeStep.toLocaleString("en").replace(",", "\u202f")}`).waitFor();
  });

  it("says why a run failed and what to do about it", async () => {
    const { id } = await product.submit({
      ...base,
      name: "too fast",
      model: { kind: "mlp", hidden: [32, 32] },
      optimizer: { kind: "sgd" },
      schedule: { kind: "constant", rate: 1e9 },
      budget: { steps: 1000 },
    });
    await product.waitFor(id);
    await open(`/runs/${id}`);
    const alert = page.getByRole("alert");
    await alert.getByText(/^Failed: diverged at step \d+$/).waitFor();
    await alert.getByText(/Lower the learning rate/).waitFor();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("Deleted too fast.").waitFor();
    await page.waitForURL(/\/$/);
    expect(await page.getByRole("link", { name: "too fast" }).count()).toBe(0);
  });

  it("ends with the same curve when trainer and API are killed while it watches", async () => {
    const { id } = await product.submit({
      ...base,
      name: "disturbed",
      model: { kind: "mlp", hidden: [64, 64] },
      schedule: { kind: "cosine", rate: 0.05 },
      batchSize: 128,
      budget: { steps: 1200 },
      checkpoint: { everySteps: 100 },
    });
    await open(`/runs/${id}`);
    const past = (step: number) => (run: Run) => run.step >= step && run.status === "running";
    await product.waitFor(id, past(250));
    for (const child of product.trainerChildren()) process.kill(child, "SIGKILL");
    await page.getByText("attempt 2").waitFor();
    await product.waitFor(id, past(450));
    process.kill(product.pid("api"), "SIGKILL");
    await page.getByText("reconnecting").waitFor();
    const { summary } = await product.waitFor(id);
    await page.locator(".run-head").getByText("completed").waitFor();
    await page.getByText("reconnecting").waitFor({ state: "detached" });
    // While nothing answered, the browser itself said so.
    const expected = /ERR_CONNECTION_REFUSED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET|WebSocket connection|\b503\b/;
    expect(complaints.splice(0).filter((text) => !expected.test(text))).toEqual([]);

    await page.mouse.move(0, 0);
    const plots = [".plot.tall", ".plot.short"];
    const picture = async (): Promise<string> => (await Promise.all(plots.map((plot) => pictureOf(page, plot)))).join();
    const last = page.locator("[data-now='train/loss']");
    await eventually(async () => Number(await last.textContent())).toBeCloseTo(Number(summary?.finalTrainLoss), 3);
    await settled(page);
    const followed = await picture();
    await page.reload();
    await page.locator(".run-head").getByText("completed").waitFor();
    await eventually(picture).toBe(followed);
  });

  it("compares runs chosen with the keyboard alone", async () => {
    const runs: Run[] = [];
    for (const seed of [1, 2])
      runs.push(await product.submit(short(`pair ${seed}`, { kind: "cosine", rate: 0.1 }, seed)));
    for (const { id } of runs) await product.waitFor(id);
    await open("/?q=pair");
    await page.getByRole("link", { name: "pair 2" }).waitFor();
    for (const key of ["j", "x", "j", "x"]) await page.keyboard.press(key);
    await eventually(() => new URL(page.url()).searchParams.get("selected")?.split(",").toSorted()).toEqual(
      runs.map(({ id }) => id).toSorted(),
    );
    await page.keyboard.press("c");
    await page.waitForURL(/\/compare\?runs=/);
    for (const { name, id, summary } of await Promise.all(runs.map(({ id }) => product.waitFor(id)))) {
      const row = page.locator(`tr[data-run="${id}"]`);
      await row.getByText(name).waitFor();
      const loss = Number(summary?.finalValidationLoss).toPrecision(4).replace(/0+$/, "");
      await eventually(() => row.innerText()).toContain(loss);
    }
    await page.getByRole("button", { name: "Baseline" }).first().click();
    await page.getByText("baseline", { exact: true }).waitFor();
    await eventually(() => page.locator("tbody").innerText()).toMatch(/[+−±]\d/);

    const charts = page.getByRole("application", { name: /Comparison of 2 runs/ });
    await charts.focus();
    await page.keyboard.press("ArrowRight");
    await page.getByText(/^at \d+$/).waitFor();
    await page.keyboard.press("+");
    await eventually(() => new URL(page.url()).searchParams.get("from")).not.toBeNull();
    await page.keyboard.press("0");
    await eventually(() => new URL(page.url()).searchParams.get("from")).toBeNull();
    await charts.blur();
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.waitForURL(/\/studies$/);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("pair 1");
    await page.getByRole("option", { name: /pair 1/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "pair 1" }).waitFor();
  });

  it("submits a run from a form that names what is wrong and draws the schedule", async () => {
    await open("/submit");
    await page.getByRole("button", { name: "Constant" }).click();
    const rate = page.getByLabel("rate", { exact: true });
    await rate.fill("-1");
    await page.getByText("Not ready to submit").waitFor();
    expect(await page.getByRole("button", { name: "Submit run" }).isDisabled()).toBe(true);
    await rate.fill("0.02");
    await page.getByLabel("length", { exact: true }).fill("120");
    await page.getByLabel("name", { exact: true }).fill("from the form");
    await eventually(() => page.getByRole("region", { name: "Preview of the schedule" }).innerText()).toContain(
      "Starts at 0.02",
    );
    await page.getByRole("button", { name: "Submit run" }).click();
    await page.getByRole("heading", { name: "from the form" }).waitFor();
    await page.locator(".run-head").getByText("completed").waitFor();
    await page.getByRole("tab", { name: "Config" }).click();
    await eventually(() => page.getByLabel("Spec").innerText()).toContain('"steps": 120');
  });

  it("follows the system's theme, keeps a chosen one, and fits a phone", async () => {
    const ground = (): Promise<number> =>
      page.evaluate(() => Number(getComputedStyle(document.body).backgroundColor.match(/\d+/)![0]));
    await open("/", { colorScheme: "light", viewport: { width: 390, height: 844 } });
    await page.getByRole("link", { name: "first" }).waitFor();
    expect(await ground()).toBeGreaterThan(200);
    await page.getByRole("button", { name: /^Theme/ }).click();
    await eventually(ground).toBeLessThan(60);
    await page.reload();
    await page.getByRole("link", { name: "first" }).waitFor();
    expect(await ground()).toBeLessThan(60);
    for (const path of ["/", "/submit", "/schedules", "/studies", "/learn", "/learn/policies", "/data", "/settings"]) {
      await page.goto(product.url + path);
      await page.getByRole("main").waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
    }
  });
});
