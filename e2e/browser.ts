/** What the tests of the dashboard share: the browser, and eyes for what a chart shows. */
import { createHash } from "node:crypto";
import { type Browser, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import { findOrInstall } from "../test/kit/index.ts";

/** Null where no Chromium is on PATH; CI installs it. */
export const chromiumPath = findOrInstall("chromium");
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts a headless Chromium. */
export const startBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: chromiumPath as string, args: flags });

/** Asks until the answer fits; machines that run all tests at once are slow. */
export const eventually = <Value>(read: () => Value) => expect.poll(read, { timeout: 30_000 });

/** Fingerprint of what a chart shows. */
export const pictureOf = async (page: Page, plot: string): Promise<string> => {
  const image = (selector: string): string =>
    document.querySelector<HTMLCanvasElement>(`${selector} canvas`)!.toDataURL();
  return createHash("sha256")
    .update(await page.evaluate(image, plot))
    .digest("hex");
};

/** Resolves after two frames: what has arrived is drawn. */
export const settled = (page: Page): Promise<void> =>
  page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );

/** A point of the page within a chart, at a share of its width. */
export async function pointIn(page: Page, plot: string, share: number): Promise<[x: number, y: number]> {
  const { x, y, width, height } = (await page.locator(`${plot} .u-over`).boundingBox())!;
  return [x + share * width, y + height / 2];
}

/** Pixels in the colour of the rate curve, in the top fifth of a chart, within two pixels of a share of its width. */
export function inkNear(page: Page, plot: string, share: number): Promise<number> {
  return page.evaluate(
    ([selector, at]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(`${selector} canvas`)!;
      const over = document.querySelector<HTMLElement>(`${selector} .u-over`)!;
      const scale = canvas.width / canvas.clientWidth;
      const x = Math.round((over.offsetLeft + at * over.clientWidth) * scale);
      const [top, height] = [over.offsetTop * scale, (over.clientHeight * scale) / 5];
      // Read from a copy: reading slows a canvas down, and the browser says so.
      const copy = new OffscreenCanvas(5, height).getContext("2d", { willReadFrequently: true })!;
      copy.drawImage(canvas, x - 2, top, 5, height, 0, 0, 5, height);
      const { data } = copy.getImageData(0, 0, 5, height);
      let ink = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i + 3]! > 60 && data[i + 1]! - data[i]! > 30) ink += 1;
      return ink;
    },
    [plot, share] as const,
  );
}
