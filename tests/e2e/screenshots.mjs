#!/usr/bin/env node
// screenshots.mjs - pictures of the main pages for docs/screenshots, on a phone and on a desktop, in English and Arabic.
//   screenshots.mjs [law|federation]     law: only those of the pages that change it; federation: only those of several authorities
// Works on a demonstration of its own; the case on the pictures is walked there first.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT, Server, Tap, World, launch, prepareOut } from "./harness.mjs";
import { Federation, federation } from "./federation.mjs";
import { Person } from "./person.mjs";
import { draft } from "./policy.mjs";
import { scene } from "./story.mjs";

const TO = join(ROOT, "docs", "screenshots");
const PHONE = { width: 360, height: 800 }, DESKTOP = { width: 1280, height: 900 };

// When in the story, name, who, address, and whether the Arabic one is kept too.
const PAGES = [
  ["interview", "my-case", "applicant", (f) => `/my/${f.id}`, true],
  ["interview", "case-file", "officer", (f) => `/cases/${f.id}`, true],
  ["interview", "work-list", "officer", () => "/work?view=all", true],
  ["interview", "team", "supervisor", () => "/team", true],
  ["appeal", "start", "anybody", () => "/", true],
  ["appeal", "sign-up", "anybody", () => "/sign-up"],
  ["appeal", "task-list", "newcomer", (f) => `/apply/${f.draft}`, true],
  ["appeal", "section", "newcomer", (f) => `/apply/${f.draft}/names`, true],
  ["appeal", "decision", "applicant", (f) => `/my/${f.id}/decision`],
  ["appeal", "who-has-looked", "applicant", (f) => `/my/${f.id}/looks`],
  ["appeal", "process", "officer", (f) => `/cases/${f.id}/process`],
  ["appeal", "throughput", "supervisor", () => "/policy/throughput", true],
  ["appeal", "suggestion", "officer", (f) => `/cases/${f.id}/suggestion`],
  ["law", "policy-list", "policy", () => "/policy", true],
  ["law", "policy-draft", "policy", (f) => `/policy/drafts/${f.policy}`],
  ["law", "policy-table", "policy", (f) => f.table, true],
  ["law", "policy-process", "policy", (f) => f.process],
  ["law", "policy-release", "policy", (f) => `/policy/drafts/${f.policy}/release`, true],
  ["appeal", "letter-check", "anybody", (f) => `/verify?code=${f.letterCode}`, true],
];

const BOTH = [["phone", PHONE], ["desktop", DESKTOP]], WIDE = [["desktop", DESKTOP]];
async function take(person, language, name, path, sizes = BOTH) {
  for (const [tag, viewport] of sizes) {
    await person.page.setViewportSize(viewport);
    await person.page.goto(`${path}${path.includes("?") ? "&" : "?"}lang=${language}`, { waitUntil: "networkidle" });
    await person.page.screenshot({ path: join(TO, `${name}-${tag}${language === "en" ? "" : `-${language}`}.png`), animations: "disabled" });
  }
}

const quiet = new Tap(() => {});
mkdirSync(TO, { recursive: true });
prepareOut();
if (process.argv.includes("federation")) {
  const nothing = new World(1), browser = await launch();
  const f = await Federation.start(nothing, { name: "federation" });
  const walk = { name: "screenshots", script: true, language: "en", axe: false, server: f, browser, tap: quiet, seen: new Set() };
  try {
    await federation(walk, async (name, { person }, path) => {
      const usual = person.page.viewportSize();
      await take(person, "en", name, path, WIDE);
      await person.page.setViewportSize(usual);
    });
  } finally {
    await browser.close();
    await f.stop();
    nothing.close();
  }
  process.exit(0);
}
const world = new World(150);
const server = await Server.start(world, "screenshots");
const browser = await launch();
try {
  const walk = { name: "screenshots", script: true, language: "en", server, browser, tap: quiet, seen: new Set() };
  const show = async (now, people, facts) => {
    for (const [, name, who, path, alsoArabic] of PAGES.filter((p) => p[0] === now))
      for (const language of alsoArabic ? ["en", "ar"] : ["en"]) await take(people[who], language, name, path(facts));
  };
  const law = await draft(walk);
  await show("law", { policy: law.person }, law.facts);
  await law.person.leave();
  if (!process.argv.includes("law")) await scene(walk, async (now, people, facts) => {
    await show(now, people, facts);
    for (const person of Object.values(people)) {   // back to how the story left them
      await person.open("/");
      await person.page.setViewportSize(PHONE);
    }
  });
} finally {
  await browser.close();
  await server.stop();
  world.close();
}
