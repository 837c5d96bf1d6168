// The desk in a real browser: every page of the three cases, and everything a person does there.
// LOCKSTEP names the binary, CHROMIUM the browser, SHOTS a folder for screenshots.
import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../../..");
const lockstep = resolve(process.env.LOCKSTEP ?? join(root, "target/debug/lockstep"));
const only = process.env.ONLY;
const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const scratch = mkdtempSync(join(tmpdir(), "desk-"));
const env = { ...process.env, LOCKSTEP_HOME: join(scratch, "home") };
const PAGES = ["overview", "map", "findings", "claims", "balance", "roadmap", "access", "people", "field", "items", "board", "ledger", "folder", "method"];

let passed = 0;
const failures = [];
const children = [];

function check(condition, words) {
  if (!condition) throw new Error(words);
}

async function test(name, body) {
  if (only && !name.includes(only)) return;
  try {
    await body();
    passed += 1;
  } catch (e) {
    failures.push(name);
    console.log(`   FAILED ${name}: ${e instanceof Error ? e.message.split("\n").slice(0, 12).join("\n      ") : e}`);
  }
}

function copyCase(name) {
  const to = join(scratch, "cases", name);
  cpSync(join(root, "cases", name), to, { recursive: true, filter: (f) => !f.includes(".lockstep") });
  return to;
}

function folder(name, files) {
  const to = join(scratch, "cases", name);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(join(to, file, ".."), { recursive: true });
    writeFileSync(join(to, file), text);
  }
  return to;
}

/** Starts a desk and gives its address. */
function serve(path) {
  const child = spawn(lockstep, ["open", path, "--serve", "--no-browser", "--listen", "127.0.0.1:0"], { env, stdio: ["ignore", "ignore", "pipe"] });
  children.push(child);
  return new Promise((done, fail) => {
    let told = "";
    child.stderr.on("data", (d) => {
      told += d;
      const m = /http:\/\/[\d.]+:\d+/.exec(told);
      if (m) done(m[0]);
    });
    child.on("exit", (code) => fail(new Error(`the desk ended with ${code}: ${told}`)));
  });
}

const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const launch = (more = []) => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: true, args: [...FLAGS, ...more] });

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

/** A page that collects whatever is wrong: console errors, failed scripts, requests to any other host. */
async function fresh(browser, options = {}) {
  const context = await browser.newContext({ viewport: WIDE, permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  const wrong = [];
  page.on("console", (m) => m.type() === "error" && wrong.push(`console: ${m.text()}`));
  page.on("pageerror", (e) => wrong.push(`script: ${e.message}`));
  page.on("request", (r) => {
    const url = new URL(r.url());
    if (!["127.0.0.1", ""].includes(url.hostname) && !["data:", "blob:", "file:"].includes(url.protocol)) wrong.push(`request to ${url.host}`);
  });
  page.setDefaultTimeout(15_000);
  return { page, wrong, close: () => context.close() };
}

async function settled(page) {
  await page.waitForSelector("main#page");
  await page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));
  // Charts and the map are loaded when they are needed.
  await page.waitForFunction(() => [...document.querySelectorAll(".drawing")].every((d) => d.childElementCount > 0 || d.getBoundingClientRect().width === 0));
  if (await page.locator(".gl").count()) await page.waitForSelector(".gl[data-ready]");
}

async function shoot(page, name, whole = true) {
  if (shots) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: whole });
}

/** Nothing serious or critical by axe; nothing wider than the window. */
async function sound(page, wrong, where) {
  check(wrong.length === 0, `${where}: ${wrong.join("; ")}`);
  await page.addScriptTag({ content: axe });
  const result = await page.evaluate(async () => {
    return (await window.axe.run(document, { resultTypes: ["violations"] })).violations
      .filter((v) => v.impact === "serious" || v.impact === "critical")
      .map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 120)).join(" | ")}`);
  });
  check(result.length === 0, `${where}: axe: ${result.join("\n      ")}`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  check(over <= 1, `${where}: ${over} pixels wider than the window`);
}

/** axe is put in by the test, past the policy of the page. */
const open = { bypassCSP: true };

const browser = await launch();
try {
  for (const name of ["dprk", "six-party", "jcpoa"]) {
    const url = await serve(copyCase(name));
    for (const page of PAGES) {
      for (const [size, viewport, scheme] of [["wide", WIDE, "light"], ["narrow", NARROW, "dark"]]) {
        await test(`${name} ${page} ${size} ${scheme}`, async () => {
          // Once under its own policy, for the console; once past it, for axe.
          for (const past of [false, true]) {
            const tab = await fresh(browser, { viewport, colorScheme: scheme, ...(past ? open : {}) });
            await tab.page.goto(`${url}/#/${page}`);
            await settled(tab.page);
            if (past) await sound(tab.page, tab.wrong, page);
            else {
              check(tab.wrong.length === 0, tab.wrong.join("; "));
              await shoot(tab.page, `${name}-${page}-${size}`);
            }
            await tab.close();
          }
        });
      }
    }
    if (name === "dprk") await actions(url);
    if (name === "six-party") await history(url);
  }
  await balances(await serve(copyCase("synthetic-state")));
  await badInput();
} finally {
  await browser.close();
}

async function actions(url) {
  await test("the as-of control moves the whole desk", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/#/overview`);
    await settled(page);
    const now = await page.locator(".plainwords").innerText();
    await page.locator("input[type=date]").fill("2007-08-01");
    await page.waitForFunction((t) => document.querySelector(".plainwords").innerText !== t, now);
    check((await page.evaluate(() => location.hash)).includes("as_of=2007-08-01"), "the day is not in the address");
    await page.getByRole("link", { name: "Roadmap" }).click();
    await settled(page);
    check((await page.locator("main").innerText()).includes("Steps over time"), "no roadmap");
    check((await page.evaluate(() => location.hash)).includes("as_of=2007-08-01"), "the day was lost");
    const later = page.getByRole("button", { name: "Later day" });
    await later.click();
    await page.waitForFunction(() => location.hash.includes("as_of=2007-08-02"));
    await page.getByRole("button", { name: "Today" }).click();
    await page.waitForFunction(() => !location.hash.includes("as_of"));
    const slider = page.getByLabel("Move through history");
    await slider.focus();
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => location.hash.includes("as_of"));
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
  await test("filters, waterfall and why drawer", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/#/findings`);
    await settled(page);
    const all = await page.locator(".findings > li").count();
    await page.getByLabel("Filter findings").fill("centrifuge");
    await page.waitForFunction((n) => document.querySelectorAll(".findings > li").length < n, all);
    await page.getByLabel("Filter findings").fill("");
    await page.getByRole("button", { name: /figures disagree/ }).click();
    await page.waitForFunction(() => [...document.querySelectorAll(".findings summary .tag")].every((t) => /disagree/.test(t.innerText)));
    await page.getByRole("button", { name: /seen, not declared/ }).click();
    await page.waitForFunction(() => [...document.querySelectorAll(".findings summary .tag")].every((t) => /seen, not/.test(t.innerText)));
    await page.locator(".findings summary").first().click();
    await page.waitForSelector(".findings .drawing svg");
    check((await page.locator(".findings .request").innerText()).length > 60, "no access request is drafted");
    await shoot(page, "finding-open", false);
    await page.locator(".findings .id").first().click();
    await page.waitForSelector("dialog[open] .statement");
    check((await page.locator("dialog").innerText()).includes("It rests on"), "the drawer says nothing");
    await shoot(page, "why", false);
    await page.getByRole("button", { name: /Check in this browser/ }).first().click();
    await page.waitForSelector("dialog .inclusion .tag");
    const proof = await page.locator("dialog .inclusion").first().innerText();
    check(/✓ included/.test(proof) && /✓ good/.test(proof), proof);
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog[open]", { state: "detached" }).catch(() => undefined);
    check((await page.locator("dialog[open]").count()) === 0, "Escape does not close the drawer");
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
  await test("a forged proof is refused by the browser", async () => {
    const { page, close } = await fresh(browser);
    await page.route("**/api/ledger/proof/*", async (route) => {
      const answer = await route.fetch();
      const proof = await answer.json();
      proof.bytes = proof.bytes.replace("DPRK", "DPRX");
      await route.fulfill({ json: proof });
    });
    await page.goto(`${url}/#/overview?why=d92-irt`);
    await page.getByRole("button", { name: /Check in this browser/ }).first().click();
    await page.waitForSelector("dialog .inclusion .tag.bad");
    await close();
  });
  await test("a chart gives its data as a table, as CSV and as SVG", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/#/claims`);
    await settled(page);
    const chart = page.locator("figure.chart").first();
    await chart.getByRole("button", { name: "Copy as CSV" }).click();
    await page.waitForSelector("#said.shown");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    check(copied.startsWith("id,figure,what"), copied.slice(0, 80));
    const saved = page.waitForEvent("download");
    await chart.getByRole("button", { name: "Save SVG" }).click();
    const svg = readFileSync(await (await saved).path(), "utf8");
    check(svg.startsWith("<svg") && svg.includes("kg"), svg.slice(0, 100));
    await chart.getByRole("button", { name: "Table" }).click();
    check((await chart.locator("tbody tr").count()) > 3, "no table");
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
  await test("everything by keyboard alone, and dark by the button", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/`);
    await settled(page);
    await page.keyboard.press("Tab");
    check((await page.evaluate(() => document.activeElement.className)) === "skip", "no skip link first");
    await page.keyboard.press("Enter");
    check((await page.evaluate(() => document.activeElement.id)) === "page", "the skip link leads nowhere");
    await page.keyboard.press("3");
    await page.waitForFunction(() => location.hash.startsWith("#/findings"));
    await settled(page);
    await page.locator(".findings summary").first().focus();
    await page.keyboard.press("Enter");
    check((await page.locator(".findings details[open]").count()) === 1, "Enter opens no finding");
    await page.locator(".findings details[open] button.id").first().focus();
    await page.keyboard.press("Enter");
    await page.waitForSelector("dialog[open] .statement");
    check(await page.evaluate(() => document.querySelector("dialog").contains(document.activeElement)), "focus is not in the drawer");
    await page.keyboard.press("Escape");
    const light = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await page.getByRole("button", { name: "Dark" }).focus();
    await page.keyboard.press("Space");
    const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    check(light !== dark, "dark is light");
    await page.reload();
    await settled(page);
    check((await page.evaluate(() => getComputedStyle(document.body).backgroundColor)) === dark, "dark is forgotten");
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
  await test("first view", async () => {
    const times = [];
    for (let i = 0; i < 3; i++) {
      const { page, close } = await fresh(browser);
      const from = Date.now();
      await page.goto(`${url}/`);
      await page.waitForSelector(".plainwords");
      times.push(Date.now() - from);
      await close();
    }
    console.log(`   first view of dprk: ${Math.min(...times)} ms`);
  });
  await test("without WebGL the map is a drawing", async () => {
    const plain = await launch(["--disable-gpu", "--disable-3d-apis"]);
    try {
      const { page, wrong, close } = await fresh(plain);
      await page.goto(`${url}/#/map`);
      await settled(page);
      check((await page.locator(".svgmap svg [data-id]").count()) > 30, "no places are drawn");
      await page.locator(".svgmap svg [data-id]").last().click({ force: true });
      await page.waitForSelector(".picked");
      await shoot(page, "map-svg");
      check(wrong.filter((w) => !/WebGL/.test(w)).length === 0, wrong.join("; "));
      await close();
    } finally {
      await plain.close();
    }
  });
  await test("the report opens from disk without a network, and prints", async () => {
    const file = join(scratch, "report.html");
    const made = spawnSync(lockstep, ["report", join(scratch, "cases/dprk"), "-o", file], { env, encoding: "utf8" });
    check(made.status === 0, made.stderr);
    const context = await browser.newContext({ viewport: WIDE, offline: true });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    const wrong = [];
    page.on("console", (m) => m.type() === "error" && wrong.push(m.text()));
    page.on("pageerror", (e) => wrong.push(e.message));
    page.on("request", (r) => !/^(file|data|blob):/.test(r.url()) && wrong.push(`request ${r.url()}`));
    await page.goto(pathToFileURL(file).href);
    await settled(page);
    for (const id of PAGES) check((await page.locator(`section#${id}`).count()) === 1, `no ${id} in the report`);
    check((await page.locator(".svgmap svg [data-id]").count()) > 30, "no map");
    await page.locator("#overview button.id").first().click();
    await page.waitForSelector("dialog[open] .statement");
    await page.getByRole("button", { name: /Check in this browser/ }).first().click();
    await page.waitForSelector("dialog .inclusion .tag");
    check(/✓ included/.test(await page.locator("dialog .inclusion").first().innerText()), "the proof does not hold from disk");
    await page.keyboard.press("Escape");
    await shoot(page, "report", false);
    const pdf = await page.pdf({ format: "A4", preferCSSPageSize: true, printBackground: true, ...(shots ? { path: join(shots, "report.pdf") } : {}) });
    check(pdf.subarray(0, 5).toString() === "%PDF-" && pdf.length > 50_000, "no PDF");
    check(wrong.length === 0, wrong.join("; "));
    await context.close();
  });
}

async function balances(url) {
  for (const [size, viewport, scheme] of [["wide", WIDE, "light"], ["wide", WIDE, "dark"], ["narrow", NARROW, "light"], ["narrow", NARROW, "dark"]]) {
    await test(`synthetic-state balance ${size} ${scheme}`, async () => {
      const { page, wrong, close } = await fresh(browser, { viewport, colorScheme: scheme, ...open });
      await page.goto(`${url}/#/balance`);
      await settled(page);
      check((await page.locator("figure.chart svg").count()) >= 9, "three areas with three charts each");
      check((await page.locator(".tag.good").count()) === 0, "a balance shows green");
      await shoot(page, `synthetic-balance-${size}-${scheme}`);
      await sound(page, wrong, "balance");
      await close();
    });
  }
  await test("balance: verdict, chart data, and why", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/#/balance`);
    await settled(page);
    const verdicts = await page.locator("section").first().innerText();
    check(/S002[^]*SITMUF [\d.]+ over [\d.]+/.test(verdicts), verdicts.slice(0, 400));
    const chart = page.locator("figure.chart").nth(3);
    check((await chart.locator("svg").innerHTML()).includes("limit 5.0 %"), "the limit has no label");
    await chart.getByRole("button", { name: "Copy as CSV" }).click();
    await page.waitForSelector("#said.shown");
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    check(copied.startsWith("first,last,muf,sigma_muf,limit,cumuf,sigma_cumuf,unit") && copied.split("\n").length > 12, copied.slice(0, 200));
    const saved = page.waitForEvent("download");
    await chart.getByRole("button", { name: "Save SVG" }).click();
    const svg = readFileSync(await (await saved).path(), "utf8");
    check(svg.startsWith("<svg") && svg.includes("MUF, g"), svg.slice(0, 200));
    await page.getByRole("button", { name: /S002\.P\.2024-06-28/ }).first().click();
    await page.waitForSelector("dialog[open] .statement");
    const why = await page.locator("dialog").innerText();
    check(why.includes("PIL-S002-6:1-6") && why.includes("err-S002-stock-element"), why.slice(0, 600));
    await page.keyboard.press("Escape");
    // Before the first inventory of 2024 there is no balance, and nothing is said of one.
    await page.goto(`${url}/#/balance?as_of=2023-12-31`);
    await settled(page);
    check((await page.locator("figure.chart").count()) === 0, "a balance before any report");
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
  await test("balance in a report from disk", async () => {
    const file = join(scratch, "accounts.html");
    const made = spawnSync(lockstep, ["report", join(scratch, "cases/synthetic-state"), "-o", file], { env, encoding: "utf8" });
    check(made.status === 0, made.stderr);
    const { page, wrong, close } = await fresh(browser, { offline: true });
    await page.goto(`${pathToFileURL(file).href}#/balance`);
    await settled(page);
    check((await page.locator("figure.chart svg").count()) >= 9, "no charts in the report");
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
}

async function history(url) {
  await test("promised, done and forecast on one picture", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/#/roadmap?as_of=2008-07-15`);
    await settled(page);
    const gantt = page.locator("figure.chart", { hasText: "steps have a date" });
    await page.waitForFunction(() => document.querySelector("figure.chart figcaption").innerText.includes("pale band: forecast"));
    await shoot(page, "six-party-forecast");
    await gantt.getByRole("button", { name: "Table" }).click();
    const row = await gantt.locator("tbody tr", { hasText: "delist" }).filter({ hasText: "2008-08-11" }).innerText();
    const days = row.match(/\d{4}-\d{2}-\d{2}/g);
    check(days.length >= 4 && days.at(-3) <= days.at(-2) && days.at(-2) <= days.at(-1), row);
    check(days.at(-3) >= "2008-07-15", `forecast before the day it is made: ${row}`);
    // What is done has no forecast.
    const done = await gantt.locator("tbody tr", { hasText: "2007-07-15" }).first().innerText();
    check(done.match(/\d{4}-\d{2}-\d{2}/g).length === 2, done);
    const table = page.locator("section", { has: page.getByRole("heading", { name: "Forecast" }) });
    check((await table.innerText()).includes("the whole"), "no forecast of the whole");
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
  await test("received against fulfilled, one curve for each party", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/#/roadmap?as_of=2009-04-14`);
    await settled(page);
    await page.waitForSelector("figure.chart:has-text('Received against fulfilled, by party') svg");
    const flows = page.locator("figure.chart", { hasText: "Received against fulfilled, by party" });
    const drawn = await flows.locator("svg").innerHTML();
    for (const party of ["DPRK", "US", "ROK", "CN", "RU"]) check(drawn.includes(`>${party}: `), `no curve for ${party}`);
    await flows.scrollIntoViewIfNeeded();
    await shoot(page, "six-party-flows", false);
    await flows.getByRole("button", { name: "Table" }).click();
    const rows = await flows.locator("tbody tr").allInnerTexts();
    const last = rows.filter((r) => r.startsWith("DPRK")).at(-1).split("\t").map((c) => c.trim());
    check(Number(last[2]) > 0.2 && Number(last[2]) < 1 && Number(last[3]) > 0.5, last.join(" "));
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
  await test("days lost, with what stood in the way", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/#/roadmap?as_of=2009-04-14`);
    await settled(page);
    const lost = page.locator("section", { has: page.getByRole("heading", { name: "Days lost" }) });
    await page.waitForFunction(() => document.body.innerText.includes("waited for `ia-3`"));
    const row = await lost.locator("tbody tr", { hasText: "frozen Macau funds" }).innerText();
    // Due 14 April, the funds on 25 June: 72 of the 92 days.
    check(/\b92\b/.test(row) && row.includes("waited for `ia-3`, done 2007-06-25 (US): 72 days"), row);
    const answers = page.locator("section", { has: page.getByRole("heading", { name: "Answers to what others did" }) });
    check((await answers.innerText()).includes("delist-n"), "no answers");
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
  await test("the desk shows a new entry by itself", async () => {
    const { page, wrong, close } = await fresh(browser);
    await page.goto(`${url}/#/ledger`);
    await settled(page);
    const before = await page.locator(".basis").innerText();
    const path = join(scratch, "cases/six-party");
    writeFileSync(join(path, "observations.csv"), "id,name,variants,lat,lon,precision_m,type,status,observed_on,source,source_reliability,credibility,note,basis\no-new,Somewhere,,,,,enrichment,operating,2018-07-13,Somebody,B,3,,seen\n");
    const ran = spawnSync(lockstep, ["open", path, "--print"], { env, encoding: "utf8" });
    check(ran.status === 0, ran.stderr);
    await page.waitForFunction((t) => document.querySelector(".basis").innerText !== t, before);
    await page.waitForFunction(() => document.querySelector(".entries").innerText.includes("o-new"));
    check(wrong.length === 0, wrong.join("; "));
    await close();
  });
}

async function badInput() {
  const head = "id,name,variants,lat,lon,precision_m,type,status,observed_on,source,source_reliability,credibility,note,basis\n";
  const strange = folder("strange", {
    "case.kdl": 'case "strange" {\n  title "<img src=x onerror=alert(1)> \\"quoted\\" & 영변 نطنز Озёрск"\n}\n',
    "observations/o.csv": `${head}o-1,<script>alert(1)</script>,<b>bold</b>,39.8,125.7,500,enrichment,operating,2018-07,"<i>S</i>",B,3,,seen\n` +
      "o-2,영변 원자력 연구소,녕변,39.79,125.75,300,power reactor,operating,2019,통일부,B,2,,seen\n" +
      "o-3,منشأة نطنز,,33.72,51.72,200,enrichment,operating,2020-01,مصدر,B,2,,seen\n" +
      "o-4,Озёрск Маяк,,55.7,60.8,1000,reprocessing,operating,2021,Источник,B,2,,seen\n",
    "declarations/d.csv": "id,item,quantity,unit,stated_on,stated_by,to_whom,note,source,basis\n" +
      "f-1,plutonium produced,1234567890123456789012345678901234567890,kg,2008-06,DPRK,,,S,seen\n" +
      "f-2,plutonium produced,12.5,kg,2008-06,US,,,S,seen\nf-3,plutonium produced,30,kg,2008-07,US,,,S,seen\n",
  });
  const wrongCase = folder("wrong", { "case.kdl": 'case "wrong" {\n  titel "x"\n}\n', "observations/o.csv": `${head}o-1,A,,99,200,300,enrichment,operating,2018-13-45,S,B,3,,seen\no-2,B,,39.8,125.7,300,enrichment,operating,2018,S,B,3,,seen\n` });
  const empty = folder("empty", { "case.kdl": 'case "empty" {\n  title "Empty"\n}\n' });
  for (const [name, path] of [["strange", strange], ["wrong", wrongCase], ["empty", empty]]) {
    const url = await serve(path);
    for (const at of PAGES) {
      await test(`${name} case: ${at}`, async () => {
        const { page, wrong, close } = await fresh(browser);
        page.on("dialog", () => wrong.push("a script of the data ran"));
        await page.goto(`${url}/#/${at}`);
        await settled(page);
        check((await page.locator("main img, main script").count()) === 0, "markup of the data became elements");
        await shoot(page, `${name}-${at}`);
        if (name === "strange" && at === "map") check((await page.locator("main").innerText()).length > 50, "nothing shown");
        if (name === "wrong" && at === "folder") check((await page.locator(".mistake").first().innerText()).includes("titel"), "the mistake is not shown");
        if (name === "wrong" && at === "overview") check((await page.locator(".basis").innerText()).includes("error"), "errors are not told");
        if (name === "empty") check((await page.locator(".tag.good").count()) === 0, "an empty case shows green");
        check(wrong.length === 0, wrong.join("; "));
        await close();
      });
    }
  }
}

for (const child of children) child.kill();
rmSync(scratch, { recursive: true, force: true });
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length === 0 ? 0 : 1);
