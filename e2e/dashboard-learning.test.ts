/** What the dashboard shows of studies with a plan, of advice, and of what may follow from a run. */
import type { Study, StudyPlanInput, TrainingSpecInput } from "@etude/contracts";
import type { Browser, ConsoleMessage, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chromiumPath, eventually, startBrowser } from "./browser.ts";
import { type Product, startProduct } from "./product.ts";

const plan: StudyPlanInput = {
  name: "greedy or cosine",
  question: "Does greedy lose against cosine and linear?",
  problems: [
    { id: "noisy", problem: "quadratic-noisy", steps: 30, protocol: "quick", rates: [0.05, 0.1, 0.2, 0.4] },
    { id: "valley", problem: "rosenbrock", steps: 30, protocol: "quick", rates: [0.1, 0.2, 0.4, 0.8] },
  ],
  protocols: {
    quick: {
      tuningSeeds: [1, 2],
      evaluationSeeds: Array.from({ length: 20 }, (_, i) => 101 + i),
      untuned: { factors: [0.1, 1], seeds: [101, 102] },
    },
  },
  entrants: [
    { id: "cosine", title: "Cosine", role: "fixed", settings: [{ kind: "cosine" }] },
    { id: "linear", title: "Linear", role: "fixed", control: true, settings: [{ kind: "linear" }] },
    { id: "greedy", title: "Greedy", role: "candidate", settings: [{ kind: "greedy" }] },
  ],
  claims: [
    { id: "fine", text: "Greedy is fine", candidates: ["greedy"], measure: "train", wanted: "not-worse", above: 0.5 },
  ],
};

const training = {
  name: "first part",
  dataset: { kind: "digits" },
  model: { kind: "mlp", hidden: [8] },
  optimizer: { kind: "momentum" },
  schedule: { kind: "constant", rate: 0.05 },
  budget: { steps: 120 },
  checkpoint: { everySteps: 50, keep: "all" },
} satisfies TrainingSpecInput;

describe.skipIf(chromiumPath === null)("dashboard of what the past teaches", () => {
  let product: Product;
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];

  async function open(path: string): Promise<void> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on("console", (message: ConsoleMessage) => {
      if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(product.url + path);
  }

  beforeAll(async () => {
    product = await startProduct();
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

  it("shows the report of a study as soon as its run is complete", async () => {
    const { id } = await product.call<Study>("POST", "/v1/studies", { name: "planned", plan });
    await open(`/studies/${id}`);
    await page.getByRole("heading", { name: "Claims" }).waitFor();
    await page.getByText(/(holds|does not hold) for Greedy, tuned: \d/).waitFor();
    await page.getByText(/^Untuned: at multiples/).waitFor();
    for (const entrant of ["Cosine", "Linear", "Greedy"]) {
      await page.locator(".headline").first().getByRole("cell", { name: entrant, exact: true }).waitFor();
    }
    await page
      .getByRole("row", { name: /^Greedy/ })
      .getByRole("button")
      .first()
      .click();
    await page.getByText("Greedy against Cosine").waitFor();
    await page.getByRole("img", { name: /Mean ranks of the final loss.*Greedy \d/ }).waitFor();
    await page.getByLabel("Problem", { exact: true }).selectOption("valley");
    await eventually(() => new URL(page.url()).searchParams.get("problem")).toBe("valley");
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "report.md" }).click();
    expect((await download).suggestedFilename()).toBe("report.md");
  });

  it("recommends schedules, says what they rest on, and submits them as a study", async () => {
    await open("/");
    await page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Learn" }).click();
    await page.getByLabel("length", { exact: true }).fill("60");
    await page.getByRole("button", { name: "Recommend" }).click();
    const advice = page.getByRole("region", { name: "Recommended schedules" });
    await advice.getByText(/^Rests on \d+ trainings/).waitFor();
    expect(await advice.getByRole("article").count()).toBe(3);
    await advice.getByLabel("study").fill("advised");
    await advice.getByRole("button", { name: "Submit these 3" }).click();
    await page.getByRole("heading", { name: "advised" }).waitFor();
    await page.getByText("3 completed").waitFor();
  });

  it("forks a run from a checkpoint, finds it by a query, and shows mistakes of a query at their column", async () => {
    const { id } = await product.submit(training);
    await product.waitFor(id);
    await open(`/runs/${id}?tab=next`);
    await page.getByRole("link", { name: "Step 50", exact: true }).click();
    await page.getByText(/Goes on from step 50 of first part/).waitFor();
    await page.getByLabel("name", { exact: true }).fill("second part");
    await page.getByRole("button", { name: "Submit run" }).click();
    await page.getByRole("heading", { name: "second part" }).waitFor();
    await page.locator(".run-head").getByText("completed").waitFor();
    await page.getByRole("tab", { name: "What next" }).click();
    await page.getByRole("region", { name: "Similar schedules" }).getByRole("link", { name: "first part" }).waitFor();

    await page.goto(product.url);
    await page.getByRole("button", { name: "Query" }).click();
    const where = page.getByLabel("Where");
    await where.fill("name = 'second part' and");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByText(/^\s*\^?column 25/).waitFor();
    expect(complaints.splice(0).every((text) => text.includes("400"))).toBe(true);
    await where.fill("name = 'second part'");
    await page.getByRole("button", { name: "Find" }).click();
    await page.getByRole("link", { name: "second part" }).waitFor();
    await eventually(() => page.locator("tr[data-run]").count()).toBe(1);
  });
});
