// search.mjs - one search: people, numbers and other authorities are asked at once; a false hit is remembered; two people say
// who is who and take it back; the first line sees what to do, the second compares, and who watches sees who asked.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { createServer as createSecure } from "node:https";
import { join } from "node:path";
import { ROOT, Server, program } from "./harness.mjs";
import { Person } from "./person.mjs";
import { signInStaff } from "./story.mjs";

// ---- another authority: the same program on a folder of its own, behind TLS as it should be

const openssl = (...words) => execFileSync("openssl", words, { stdio: "pipe" });

function certificates(data) {
  const at = (name) => join(data, name);
  for (const [name, subject] of [["ca", "/CN=Authority of certificates"], ["stranger", "/CN=Somebody else"]])
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at(`${name}.key`), "-out",
      at(`${name}.pem`), "-subj", subject, "-days", "2");
  openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("tls.key"), "-out", at("tls.csr"),
    "-subj", "/CN=localhost");
  writeFileSync(at("tls.ext"), "subjectAltName=DNS:localhost\n");
  openssl("x509", "-req", "-in", at("tls.csr"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-out", at("tls.pem"),
    "-days", "2", "-extfile", at("tls.ext"));
  return { key: readFileSync(at("tls.key")), cert: readFileSync(at("tls.pem")) };
}

const listen = (server) => new Promise((done) => server.listen(0, "127.0.0.1", () => done(server.address().port)));

// Started before the server that asks it, which reads where it is at its start.
export async function neighbour(data, world, walk) {
  const tls = certificates(data);
  const other = walk.other = await Server.start(world, `${walk.name}-other`);
  walk.proxy = createSecure(tls, (q, a) => {
    const on = request(`${other.url}${q.url}`, { method: q.method, headers: q.headers }, (r) => {
      a.writeHead(r.statusCode, r.headers);
      r.pipe(a);
    });
    on.on("error", () => a.destroy());
    q.pipe(on);
  });
  walk.silent = createServer(() => {});   // takes the question and says nothing
  const said = execFileSync(program(), ["client", "add", "--data", other.data, "--id", "north", "--name", "North", "--unit", "North",
    "--roles", "supervisor", "--purposes", "supervision"], { encoding: "utf8", cwd: ROOT });
  writeFileSync(join(data, "secret"), /^secret (\S+)/m.exec(said)[1]);
  const port = await listen(walk.proxy);
  const source = (name, ca) => ({ name, ground: "Art. 20", timeout_ms: 5000, ca: join(data, ca), url: `https://localhost:${port}/api/window`,
    token_url: `https://localhost:${port}/api/token`, client: "north", secret_file: join(data, "secret") });
  writeFileSync(join(data, "sources.json"), JSON.stringify({ sources: [source("South", "ca.pem"), source("Not South", "stranger.pem"),
    { name: "West", ground: "Art. 20", timeout_ms: 200, url: `http://127.0.0.1:${await listen(walk.silent)}/`, token: "t" }] }));
  writeFileSync(join(data, "ostia.conf"), `${readConf(data)}sources ${join(data, "sources.json")}\n`);
}
function readConf(data) {
  try {
    return readFileSync(join(data, "ostia.conf"), "utf8");
  } catch {
    return "";
  }
}
function part(walk) {
  walk.proxy?.closeAllConnections();
  walk.proxy?.close();
  walk.silent?.closeAllConnections();
  walk.silent?.close();
  return walk.other?.stop();
}

// ---- the walk

const FORM = "main form[data-search]";
const HITS = "main > .search-cards";
async function ask(person, typed) {
  await person.open("/search");
  await person.fill({ q: typed });
  await person.submit(FORM);
}
async function someNumbers(person) {
  await person.open("/work?view=mine");
  const text = await person.page.locator("main").innerText();
  const numbers = [...new Set(text.match(/OST-\d{4}-[A-Z]+-\d+-\w/g))];
  if (numbers.length < 3) throw new Error(`only ${numbers.length} numbers on ${person.path()}`);
  return numbers;
}
async function decide(person, act, reason) {
  await person.page.fill("#reason", reason);
  await person.press(`main button[value="${act}"]`);
}
const newestProposal = 'main li:last-child > a[href^="/search/proposal/"]';

async function find(boss, facts) {
  await boss.step("finds the search", async () => {
    await boss.press('nav a[href="/search"]');
    await boss.submit(FORM);
    await boss.need('.govuk-error-summary a[href="#q"]', "a mistake");
  });
  await boss.step("finds a case by its number, and asks others at once", async () => {
    await ask(boss, facts.numbers[0]);
    await boss.need(".search-verdict--alert", "a hit elsewhere");
    facts.name = (await boss.text(`${HITS} h3`)).split("\n")[0];
    const sources = await boss.texts(".search-sources > li");
    if (!sources[0].includes("South") || !sources[0].includes(facts.numbers[0])) throw new Error(`South says ${sources[0]}`);
    if ((await boss.page.locator(".search-sources .govuk-tag--yellow").count()) !== 2) throw new Error(`not silent: ${sources}`);
    if (!(await boss.text(".search-verdict")).includes("West")) throw new Error("who gave no answer is not told first");
    if (boss.page.url().includes(facts.numbers[0])) throw new Error("what was typed stands in the address");
  });
  await boss.step("finds the old address", async () => {
    await boss.open("/search/window");
    await boss.at(/^\/search$/);
  });
  await boss.step("reads the lines of a passport of nobody here", async () => {
    await ask(boss, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");
    if (await boss.has(HITS)) throw new Error("a hit on nobody");
    await boss.need(".search-verdict--open", "that two gave no answer, which is not no hit");
  });
}

async function clear(boss, facts) {
  await boss.step("compares a hit and gives no reason", async () => {
    await ask(boss, facts.name);
    facts.hits = await boss.page.locator(`${HITS} > li`).count();
    await boss.press(`${HITS} a[href^="/search/hit"]`);
    await boss.need(".search-beside tbody tr", "how they agree");
    await boss.press('main button[value="not_same"]');
    await boss.need('.govuk-error-summary a[href="#reason"]', "a reason is wanted");
  });
  await boss.step("says that it is somebody else", async () => {
    await decide(boss, "not_same", "Another place of birth.");
    await boss.at(/^\/search$/);
  });
  await boss.step("does not see it among the hits again", async () => {
    await ask(boss, facts.name);
    if ((await boss.page.locator(`${HITS} > li`).count()) !== facts.hits - 1) throw new Error("it is shown again");
    if (!(await boss.page.locator(".search-cleared").first().textContent()).includes("Another place of birth.")) throw new Error("the reason is lost");
  });
}

async function joinAndPart(boss, officer, facts) {
  await boss.step("proposes that records are one person", async () => {
    boss.bytesMax = 250_000;   // several pages in one step
    const [a, b, c] = facts.records;
    for (const [left, right] of [[a, b], [c, b], [a, c]]) {   // the third joins the persons that the others began
      await boss.open(`/search/pair?left=${left}&right=${right}&purpose=supervision`);
      await decide(boss, "same", "The same photo in both files.");
      await boss.at(/^\/search\/same$/);
    }
  });
  await boss.step("cannot confirm it alone", async () => {
    await boss.press(newestProposal);
    if (await boss.has('main button[value="confirm"]')) throw new Error("the same person could confirm");
  });
  await officer.step("confirms that the two persons are one", async () => {
    await officer.open("/search/same");
    await officer.press(newestProposal);
    await decide(officer, "confirm", "I compared both files.");
  });
  await boss.step("sees one person with both records", async () => {
    await ask(boss, facts.numbers[0]);
    await boss.press(`${HITS} a[href^="/search/person/"]`);
    facts.person = boss.path();
    if ((await boss.page.locator(".search-card a[href^='/cases/']").count()) !== 2) throw new Error("not both records");
  });
  await boss.step("proposes to take them apart again", async () => {
    await boss.press('main a[href^="/search/undo?other="]');
    await boss.fill({ reason: "Two sisters." });
    await boss.submit('main form[action="/search/undo"]');
  });
  await officer.step("confirms that too", async () => {
    await officer.open("/search/same");
    await officer.press(newestProposal);
    await decide(officer, "confirm", "Yes, two sisters.");
  });
  await boss.step("sees the person as before", async () => {
    await boss.open(facts.person);
    if ((await boss.page.locator(".search-card a[href^='/cases/']").count()) !== 1) throw new Error("it was not taken apart");
  });
}

// An alert of the demonstration: what each line sees of it.
const NUMBER = "IH281755";
async function firstLine(walk) {
  const guard = await Person.come(walk, "border_guard", { viewport: { width: 320, height: 640 } });
  await guard.step("of the first line sees what to do, not whom it means", async () => {
    await guard.signIn(walk.server.cards.border_guard);
    await ask(guard, NUMBER);
    await guard.need(".search-verdict--alert", "the alert");
    await guard.press('.search-card--watched a[href^="/search/hit"]');
    if (await guard.has(".search-beside, main form button[name=verdict]")) throw new Error("the first line compares");
  });
  await guard.leave();
}
async function secondLine(walk) {
  const second = await Person.come(walk, "border_second_line");
  await second.step("of the second line compares, and leaves it open", async () => {
    await second.signIn(walk.server.cards.border_second_line);
    await ask(second, NUMBER);
    await second.press('.search-card--watched a[href^="/search/hit"]');
    if (!(await second.text(".search-beside")).includes(NUMBER)) throw new Error("the number is not compared");
    await decide(second, "unclear", "The chip cannot be read.");
    if (!(await second.text(".search-card--watched")).includes("The chip cannot be read.")) throw new Error("what was said is lost");
  });
  await second.leave();
  const watcher = await Person.come(walk, "data_protection_officer");
  await watcher.step("of data protection sees who searched, not for whom", async () => {
    await watcher.signIn(walk.server.cards.data_protection_officer);
    await watcher.press('nav a[href="/search"]');
    await watcher.at(/^\/search\/log$/);
    const log = await watcher.text("main");
    if (log.includes(NUMBER) || (await watcher.page.locator("main li").count()) < 5) throw new Error("it is not the log of searches");
  });
  await watcher.leave();
}

export async function search(walk) {
  const facts = {};
  try {
    const officer = await signInStaff(walk, "officer", /^\/work/);
    await officer.step("finds own cases with the person", async () => {
      officer.bytesMax = 400_000;   // several pages in one step
      facts.numbers = [], facts.records = [];
      for (const number of await someNumbers(officer)) {
        await ask(officer, number);
        const hit = officer.page.locator(`${HITS} a[href^="/search/hit"]`);
        if (facts.numbers.length === 3 || !(await hit.count())) continue;   // of some the purpose shows no person
        facts.numbers.push(number);
        facts.records.push(new URL(await hit.first().getAttribute("href"), "http://x").searchParams.get("record"));
      }
      officer.bytesMax = 100_000;
      if (facts.numbers.length < 3) throw new Error(`only ${facts.numbers.length} show a person`);
    });
    const boss = await signInStaff(walk, "supervisor", /^\/(work|team)/);
    await find(boss, facts);
    await clear(boss, facts);
    await joinAndPart(boss, officer, facts);
    await boss.step("says that two are not the same, which is remembered", async () => {
      const pair = `/search/pair?left=${facts.records[0]}&right=${facts.records[2]}&purpose=supervision`;
      await boss.open(pair);
      await decide(boss, "clear", "Different fathers.");
      await boss.open(pair);
      await boss.need(".govuk-inset-text", "who said so");
    });
    await officer.leave();
    await boss.leave();
    await (walk.script ? secondLine : firstLine)(walk);   // one each, so that no walk takes long
  } finally {
    await part(walk);
  }
}
