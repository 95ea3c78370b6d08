#!/usr/bin/env node
// run.mjs - walks the whole story in a browser: with script and without, in English and in Arabic. Prints TAP.
// Then once more with passkeys.
// Those marked `asked` are walked when named, or with "all".
//   run.mjs [all|script-en|script-ar|plain-en|plain-ar|passkeys|rules-en|rules-fa|policy-en|policy-ar|permit-en|permit-ar|try-en|try-ar|registers-en|registers-ar|search-en|search-ar|border-en|documents-en|others-en ...]
import { Server, Tap, World, launch, prepareOut } from "./harness.mjs";
import { Stop } from "./person.mjs";
import { border } from "./border.mjs";
import { documents, trustSigner } from "./documents.mjs";
import { Federation, federation } from "./federation.mjs";
import { policy } from "./policy.mjs";
import { rules } from "./rules.mjs";
import { loadPermit, permit } from "./permit.mjs";
import { others, withPrivacy } from "./others.mjs";
import { passkeys } from "./passkeys.mjs";
import { prepare as prepareRegisters, registers } from "./registers.mjs";
import { neighbour, search } from "./search.mjs";
import { story } from "./story.mjs";
import { tryLaw } from "./try.mjs";

const WALKS = [
  { name: "script-en", script: true, language: "en" },
  { name: "plain-ar", script: false, language: "ar" },
  { name: "plain-en", script: false, language: "en", axe: false, asked: true }, // the two before have seen these pages and languages
  { name: "script-ar", script: true, language: "ar", axe: false, asked: true },
  { name: "passkeys", script: true, language: "en", walk: passkeys },
  { name: "rules-en", script: true, language: "en", walk: rules },
  { name: "rules-fa", script: false, language: "fa", walk: rules },
  { name: "policy-en", script: true, language: "en", walk: policy },
  { name: "policy-ar", script: false, language: "ar", walk: policy },
  { name: "permit-en", script: true, language: "en", walk: permit, prepare: loadPermit },
  { name: "permit-ar", script: false, language: "ar", walk: permit, prepare: loadPermit },
  { name: "registers-en", script: true, language: "en", walk: registers, prepare: prepareRegisters },
  { name: "registers-ar", script: false, language: "ar", walk: registers, prepare: prepareRegisters },
  { name: "border-en", script: true, language: "en", walk: border },
  { name: "border-ar", script: false, language: "ar", walk: border },
  { name: "search-en", script: true, language: "en", walk: search, prepare: neighbour },
  { name: "search-ar", script: false, language: "ar", walk: search, prepare: neighbour },
  { name: "try-en", script: true, language: "en", walk: tryLaw },
  { name: "try-ar", script: false, language: "ar", walk: tryLaw },
  { name: "others-en", script: true, language: "en", walk: others, prepare: withPrivacy },
  { name: "others-ar", script: false, language: "ar", walk: others, prepare: withPrivacy },
  { name: "documents-en", script: true, language: "en", walk: documents, prepare: trustSigner },
  { name: "federation-en", script: true, language: "en", walk: federation, start: Federation.start },
  { name: "documents-ar", script: false, language: "ar", walk: documents, prepare: trustSigner },
];
const AT_ONCE = 2;

async function run(walk, world, browser, tap) {
  const server = walk.start ? await walk.start(world, walk)
    : await Server.start(world, walk.name, walk.prepare && ((data) => walk.prepare(data, world, walk)));
  const here = { ...walk, server, browser, tap, seen: new Set() };
  const started = Date.now();
  try {
    await (walk.walk || story)(here);
  } catch (error) {
    if (!(error instanceof Stop)) tap.result(false, `${walk.name}: the story goes on`, error.stack || String(error));
  }
  const end = await server.stop();
  tap.result(end === 0, `${walk.name}: the server ends in order`, end === 0 ? "" : `it ended with ${end}\n${server.lastWords()}`);
  for (const words of [["verify"], ["rebuild", "--check"]]) {
    const complaint = server.complaint(words);
    tap.result(!complaint, `${walk.name}: ${words.join(" ")} finds nothing wrong afterwards`, complaint);
  }
  tap.write(`# ${walk.name}: ${((Date.now() - started) / 1000).toFixed(0)} s, at most ${Math.round((here.most || 0) / 1000)} kB in one step`);
}

const wanted = process.argv.slice(2);
const walks = WALKS.filter((w) => (wanted.length ? wanted.includes(w.name) || wanted.includes("all") : !w.asked));
const tap = new Tap();
prepareOut();
const world = new World(40);
const browser = await launch();
try {
  const waiting = [...walks];
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let w = waiting.shift(); w; w = waiting.shift()) await run(w, world, browser, tap);
  });
  await Promise.all(workers);
} finally {
  await browser.close();
  world.close();
}
process.exitCode = tap.end() ? 0 : 1;
