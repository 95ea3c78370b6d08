#!/usr/bin/env node
// screenshots.mjs - pictures of the main pages for docs/screenshots, on a phone and on a desktop, in English and Arabic.
// Works on a demonstration of its own; the case on the pictures is walked there first.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT, Server, Tap, World, launch, prepareOut } from "./harness.mjs";
import { Person } from "./person.mjs";
import * as story from "./story.mjs";

const TO = join(ROOT, "docs", "screenshots");
const PHONE = { width: 360, height: 800 }, DESKTOP = { width: 1280, height: 900 };

// name, who, address, and whether the Arabic one is kept too.
const PAGES = [
  ["start", "anybody", () => "/", true],
  ["sign-up", "anybody", () => "/sign-up"],
  ["task-list", "newcomer", (f) => `/apply/${f.draft}`, true],
  ["section", "newcomer", (f) => `/apply/${f.draft}/names`, true],
  ["my-case", "applicant", (f) => `/my/${f.id}`, true],
  ["who-has-looked", "applicant", (f) => `/my/${f.id}/looks`],
  ["decision", "applicant", (f) => `/my/${f.id}/decision`],
  ["work-list", "officer", () => "/work?view=all", true],
  ["case-file", "officer", (f) => `/cases/${f.shown}`, true],
  ["process", "officer", (f) => `/cases/${f.id}/process`],
  ["propose-decision", "officer", (f) => `/cases/${f.id}/suggestion`],
  ["team", "supervisor", () => "/team", true],
  ["letter-check", "anybody", (f) => `/verify?code=${f.letterCode}`, true],
];

async function take(person, language, name, path) {
  for (const [tag, viewport] of [["phone", PHONE], ["desktop", DESKTOP]]) {
    await person.page.setViewportSize(viewport);
    await person.page.goto(`${path}${path.includes("?") ? "&" : "?"}lang=${language}`, { waitUntil: "networkidle" });
    await person.page.screenshot({ path: join(TO, `${name}-${tag}${language === "en" ? "" : `-${language}`}.png`), animations: "disabled" });
  }
}

const quiet = new Tap(() => {});
mkdirSync(TO, { recursive: true });
prepareOut();
const world = new World(150);
const server = await Server.start(world, "screenshots");
const browser = await launch();
try {
  const walk = { name: "screenshots", script: true, language: "en", server, browser, tap: quiet, seen: new Set() };
  const { facts, people } = await story.scene(walk);
  for (const [name, who, path, alsoArabic] of PAGES)
    for (const language of alsoArabic ? ["en", "ar"] : ["en"]) await take(people[who], language, name, path(facts));
} finally {
  await browser.close();
  await server.stop();
  world.close();
}
