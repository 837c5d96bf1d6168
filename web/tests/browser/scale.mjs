// How long the pages of a desk take in a real browser: node web/tests/browser/scale.mjs ADDRESS
// The large case is served by: LOOK=1 cargo bench -p lockstep --bench desk
import { chromium } from "playwright-core";

const url = process.argv[2]?.replace(/\/$/, "");
if (!url) {
  console.error("write the desk's address, such as http://127.0.0.1:8417");
  process.exit(2);
}
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: ["--no-sandbox"] });
const PAGES = ["overview", "map", "findings", "claims", "balance", "roadmap", "access", "people", "field", "items", "board", "ledger", "folder", "method"];

/** Milliseconds from the start of the page until something and no "Reading" is there. */
const drawn = () => {
  const main = document.querySelector("main");
  return main !== null && main.textContent.trim() !== "" && !main.querySelector("[aria-busy=true]");
};

for (const name of PAGES) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const start = Date.now();
  await page.goto(`${url}/#/${name}`);
  await page.waitForFunction(drawn);
  console.log(`first view of ${name}: ${Date.now() - start} ms`);
  // The longest that any one input waits for the next frame.
  const waits = [];
  for (const key of ["Tab", "Tab", "Tab", "PageDown", "PageDown"]) {
    waits.push(
      await page.evaluate(
        (key) =>
          new Promise((done) => {
            const from = performance.now();
            document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
            if (key === "PageDown") window.scrollBy(0, 700);
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
          }),
        key,
      ),
    );
  }
  console.log(`   longest wait of five inputs: ${Math.max(...waits).toFixed(0)} ms`);
  for (const box of await page.locator("main input[type=search], main input[type=text]").all()) {
    if (!(await box.isVisible())) continue;
    const from = Date.now();
    await box.fill("kan");
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done))));
    console.log(`   filter: ${Date.now() - from} ms`);
    break;
  }
  await context.close();
}
await browser.close();
