// person.mjs - one person at one browser: goes, types, presses; every page that is met is looked at.
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { oneTimeCode } from "../local.mjs";
import { AXE, OUT, WCAG } from "./harness.mjs";

const STEP_BYTES_MAX = 100_000;   // R-AC-04: an old phone on a bad network, first view included
const TEXT_KEY = /\b(problem|notice|event|case|work|team|track|verify|own|home|apply|form|code|letter|decision|deadline|access|flow|channel|extension|effect|policy|trial|registers?|border|edifact)\.(?!(bpmn|dmn|form|json|po)\b)[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\b/g;
const WAIT_MS = 15_000;
const EXPECTED = /status of (409|422)|ERR_CONNECTION_FAILED/;   // mistakes shown on the page; the connection that we break

export class Person {
  // walk: { server, browser, tap, script, language, seen }; seen is shared so that like pages are looked at once.
  static async come(walk, name, options = {}) {
    const p = new Person();
    p.walk = walk;
    p.name = name;
    p.bytesMax = STEP_BYTES_MAX;   // more where an editor is loaded
    p.readsKeys = false;           // true where a page shows the keys of a pack's texts, as the law has them
    p.context = await walk.browser.newContext({
      baseURL: walk.server.url, javaScriptEnabled: walk.script, locale: walk.language, acceptDownloads: true,
      viewport: options.viewport || { width: 1280, height: 900 },
    });
    if (walk.script) await p.context.addInitScript({ content: AXE });   // sent to the browser once
    p.context.setDefaultTimeout(WAIT_MS);
    p.page = await p.context.newPage();
    p.network = await p.context.newCDPSession(p.page);
    await p.network.send("Network.enable");
    p.bytes = 0;
    p.network.on("Network.loadingFinished", (e) => { p.bytes += e.encodedDataLength; });
    p.errors = [];
    p.page.on("pageerror", (e) => p.errors.push(`script: ${e.message}`));
    p.page.on("console", (m) => { if (m.type() === "error" && !EXPECTED.test(m.text())) p.errors.push(`console: ${m.text()}`); });
    return p;
  }

  async leave() {
    await this.context.close();
  }

  // ---- going

  path() {
    return new URL(this.page.url()).pathname;
  }
  async open(path) {
    const separator = path.includes("?") ? "&" : "?";
    return this.page.goto(`${path}${separator}lang=${this.walk.language}`, { waitUntil: "load" });
  }
  // Presses something that leads to a page, and waits until that page is there.
  async press(selector) {
    const target = this.page.locator(selector).first();
    await Promise.all([this.page.waitForEvent("load", { timeout: WAIT_MS }), target.click()]);
  }
  async submit(form = "main form") {
    await this.press(`${form} button[type=submit]:not([tabindex="-1"])`);
  }
  async text(selector) {
    return (await this.page.locator(selector).first().innerText()).trim();
  }
  async texts(selector) {
    return (await this.page.locator(selector).allInnerTexts()).map((t) => t.trim());
  }
  async has(selector) {
    return (await this.page.locator(selector).count()) > 0;
  }
  async need(selector, what = selector) {
    if (!(await this.has(selector))) throw new Error(`${what} is missing on ${this.path()}${await this.mistakes()}`);
  }
  async mistakes() {
    const list = await this.texts(".govuk-error-summary__list li");
    return list.length ? `; the page says: ${list.join(" | ")}` : "";
  }
  async at(pattern) {
    if (!pattern.test(this.path())) throw new Error(`at ${this.path()}, not ${pattern}${await this.mistakes()}`);
  }

  // ---- typing: names of fields to values. A date is { day, month, year }; true ticks; an array ticks or picks several.

  async fill(values) {
    for (const [name, value] of Object.entries(values)) await this.fillOne(name, value);
  }
  async fillOne(name, value) {
    if (value && typeof value === "object" && !Array.isArray(value)) {
      for (const part of ["day", "month", "year"])
        if (value[part] !== undefined) await this.page.fill(`[name="${name}-${part}"]`, String(value[part]));
      if (value.unknown) await this.page.check(`[name="${name}-day-unknown"]`);
      return;
    }
    const field = this.page.locator(`[name="${name}"]:not([type=hidden])`);
    if (!(await field.count())) throw new Error(`no field ${name} on ${this.path()}${await this.mistakes()}`);
    const kind = await field.first().evaluate((e) => (e.tagName === "SELECT" ? "select" : e.type));
    if (kind === "radio" || kind === "checkbox") {
      const wanted = value === true ? [null] : [].concat(value);
      for (const v of wanted) await (v === null ? field : this.page.locator(`[name="${name}"][value="${v}"]`)).first().check();
    } else if (kind === "select") {
      await field.first().selectOption(String(value));
    } else {
      await field.first().fill(String(value));
    }
  }

  // ---- signing in with password and one-time code

  // A code is good once: who signs in twice within half a minute takes the next one, which is good already.
  nextCode(card) {
    const used = (this.walk.codes ??= new Map()), step = 30_000;
    const at = Math.max(this.walk.now?.() ?? Date.now(), (used.get(card.secret) ?? 0) + step);
    used.set(card.secret, Math.floor(at / step) * step);
    return oneTimeCode(card.secret, at);
  }
  async signIn(card) {
    await this.open("/sign-in");
    await this.fill({ name: card.email, password: card.password });
    await this.submit();
    await this.at(/^\/sign-in\/code$/);
    await this.page.fill("#totp", this.nextCode(card));
    await this.press('form:has(#totp) button[type=submit]');
  }

  // ---- looking

  // One sub-step of the story: does it, then looks at the page that it ended on.
  async step(what, action) {
    const { walk } = this;
    const title = `${walk.name}: ${this.name}: ${what}`;
    this.bytes = 0;
    this.errors = [];
    try {
      await action();
    } catch (error) {
      await this.keep(title);
      walk.tap.result(false, title, `${error.message.split("\n").slice(0, 6).join("\n")}\nat ${this.page.url()}`);
      throw new Stop(title);
    }
    await this.look(title);
  }

  async look(title) {
    const { walk } = this;
    const bytes = this.bytes;
    const path = this.path();
    const found = [...this.errors, ...(await this.frame())];
    if (bytes > this.bytesMax) found.push(`${bytes} bytes were sent, more than ${this.bytesMax}`);
    found.push(...(await this.violations()));
    if (found.length) await this.keep(title);
    walk.tap.result(found.length === 0, `${title} (${path.replace(/\d+/g, "N")}, ${Math.round(bytes / 1000)} kB)`, found.join("\n"));
    walk.most = Math.max(walk.most || 0, bytes);
  }

  // What every page must have, beside what axe knows.
  async frame() {
    const found = [];
    const { language, direction, headings } = await this.page.evaluate(() => ({
      language: document.documentElement.lang, direction: document.documentElement.dir,
      headings: document.querySelectorAll("h1").length,
    }));
    if (language !== this.walk.language) found.push(`language is ${language}`);
    if (direction !== (["ar", "fa"].includes(this.walk.language) ? "rtl" : "ltr")) found.push(`direction is ${direction}`);
    if (headings !== 1) found.push(`${headings} main headings`);
    const keys = (await this.page.locator("body").innerText()).match(TEXT_KEY);
    if (keys && !this.readsKeys) found.push(`sentences are missing: ${[...new Set(keys)].join(" ")}`);
    return [...found, ...(await this.reflow())];
  }

  // WCAG 1.4.10: nothing runs out of the page, neither at the person's width nor at 320 px (1280 px zoomed to 400 %).
  async reflow() {
    const found = [];
    const usual = this.page.viewportSize();
    for (const viewport of [usual, { width: 320, height: 640 }]) {
      if (viewport !== usual) await this.page.setViewportSize(viewport);
      const wide = await this.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (wide > 0) found.push(`at ${viewport.width} px the page scrolls sideways by ${wide} px`);
    }
    await this.page.setViewportSize(usual);
    return found;
  }

  async violations() {
    if (this.walk.axe === false) return [];
    const html = await this.page.content();
    // Alike: the same tags and attributes, and words in the same places.
    const shape = html.replace(/>[^<>]*\S[^<>]*</g, ">words<").replace(/ (value|href|action)="[^"]*"/g, " $1").replace(/\d+/g, "0");
    const like = createHash("sha256").update(shape).digest("hex");
    if (this.walk.seen.has(like)) return [];
    this.walk.seen.add(like);
    const page = this.walk.script ? this.page : await this.mirror(html);
    // Every page has the same styles: the one rule that reads them (css-orientation-lock) looks once.
    const preload = this.walk.seen.size === 1;
    const options = { runOnly: WCAG, resultTypes: ["violations"], preload };
    const result = await page.evaluate((o) => window.axe.run(document, o), options);
    return result.violations.map((v) => `axe ${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.html.slice(0, 160)} [${n.failureSummary.split("\n")[1]?.trim().slice(0, 160)}]`).join(" | ")}`);
  }

  // Without script axe cannot run in the page: the same HTML and styles are shown where it can, still without our scripts.
  async mirror(html) {
    const { walk } = this;
    walk.mirrored = html;
    if (!walk.mirrorPage) {
      const context = await walk.browser.newContext({ locale: walk.language });
      await context.addInitScript({ content: AXE });
      walk.mirrorPage = await context.newPage();
      await walk.mirrorPage.route(/\.js$/, (route) => route.abort());
      await walk.mirrorPage.route(/\/mirror$/, (route) => route.fulfill({ body: walk.mirrored, contentType: "text/html; charset=utf-8" }));
    }
    await walk.mirrorPage.setViewportSize(this.page.viewportSize());
    await walk.mirrorPage.goto(`${walk.server.url}/mirror`, { waitUntil: "load" });
    return walk.mirrorPage;
  }

  async keep(title) {
    const name = title.replace(/[^\p{L}\d]+/gu, "-").slice(0, 100);
    await this.page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true }).catch(() => {});
    writeFileSync(join(OUT, `${name}.html`), await this.page.content().catch(() => ""));
  }
}

// A step failed: what follows in this walk cannot be done.
export class Stop extends Error {}
