// registers.mjs - a register of a pack, by hand and by file: an entry is recorded, corrected, looked at as it was, reported
// wrong, and ended by two people; a table with mistakes is brought in, put right and taken back. The pack is tests/packs/permit.
import { execFileSync } from "node:child_process";
import { appendFileSync } from "node:fs";
import { program } from "./harness.mjs";
import { loadPermit } from "./permit.mjs";
import { signInStaff } from "./story.mjs";

// The pack with its register, and a privacy service with two operators and a request that waits.
export function prepare(data) {
  const run = (...words) => execFileSync(program(), ["privacy", ...words, "--data", data], { stdio: "pipe" });
  loadPermit(data);
  appendFileSync(`${data}/ostia.conf`, `privacy ${data}-privacy\nauthority-code 22\n`);
  run("init");
  run("operator", "bert", "--may", "erase", "--to", `${data}-bert`);
  run("leave", "--as", `${data}-bert`, "--ground", "order 12/26");
}

const AT = "/registers/berth";
const form = 'main form[action*="/registers/berth"]';
const send = (person, which = form) => person.press(`${which} button[name=do][value=send]:not([tabindex="-1"])`);
const ENTRY = { berth_no: "N-12", boat: "Heron", quay: "north", metres: "9", family_name: "Sample", given_names: "Rosa",
  birth_date: { month: "3", year: "1992", unknown: true }, nationality: "PRT" };

async function record(officer, facts) {
  await officer.step("finds the registers in the navigation", async () => {
    await officer.press('.ostia-navigation a[href="/registers"]');
    await officer.need(`main a[href^="${AT}"]`, "the register");
  });
  await officer.step("opens the register", () => officer.press(`main h2 a[href^="${AT}"]`));
  await officer.step("goes to record an entry", () => officer.press(`main a[href^="${AT}/new"]`));
  await officer.step("sends it with mistakes", async () => {
    await officer.fill({ ...ENTRY, berth_no: "twelve", metres: "4000" });
    await send(officer);
    await officer.need('.govuk-error-summary a[href="#berth_no"]', "the mistake of the number");
    await officer.need('.govuk-error-summary a[href="#metres"]', "the mistake of the length");
    if ((await officer.page.inputValue("[name=boat]")) !== "Heron") throw new Error("what was typed is lost");
  });
  await officer.step("puts it right", async () => {
    await officer.fill({ berth_no: ENTRY.berth_no, metres: ENTRY.metres, "act-authority": "Harbour master" });
    await officer.fill({ "act-method": "document", "act-confidence": "high" });
    await send(officer);
    await officer.at(/^\/registers\/berth\/\d+$/);
    facts.entry = officer.path();
    facts.reference = await officer.text("h1 .ostia-code");
    if (!/^BTH-\d{4}-\d+-./.test(facts.reference)) throw new Error(`reference ${facts.reference}`);
    await officer.need(".register-fact", "what it says");
  });
  await officer.step("is told of the one that there is", async () => {
    await officer.open(`${AT}/new`);
    await officer.fill({ ...ENTRY, boat: "Second Heron" });
    await send(officer);
    await officer.need(`main a[href^="${facts.entry}"]`, "the entry that has this number already");
  });
}

async function correct(officer, facts) {
  await officer.step("goes to correct it", async () => {
    await officer.open(facts.entry);
    await officer.press(`main a[href^="${facts.entry}/correct"]`);
  });
  await officer.step("gives no reason", async () => {
    await officer.fill({ boat: "Grey Heron" });
    await send(officer);
    await officer.need('.govuk-error-summary a[href="#act-reason"]', "that a reason is missing");
  });
  await officer.step("gives one", async () => {
    await officer.fill({ "act-reason": "The boat has another name since it was painted." });
    await send(officer);
    if (officer.path() !== facts.entry) throw new Error(`not done${await officer.mistakes()}`);
    if (!(await officer.text(".register-facts")).includes("Grey Heron")) throw new Error("the correction is not shown");
  });
  await officer.step("sees both in the history", async () => {
    const history = await officer.texts(".register-version");
    if (history.length !== 2) throw new Error(`${history.length} versions`);
    if (!history[0].includes("painted")) throw new Error("the reason is missing");
  });
  await officer.step("looks at it as it was known before", async () => {
    await officer.press(".register-version:last-child a");
    await officer.need(".register-past", "that this is the past");
    const then = await officer.text(".register-facts");
    if (then.includes("Grey") || !then.includes("Heron")) throw new Error(`it says ${then}`);
  });
  await officer.step("asks for a day before it was true", async () => {
    await officer.open(facts.entry);
    await officer.page.fill("#valid", "2019-05-01");
    await officer.press('main form:has(#valid) button');
    await officer.need(".register-past", "that this is the past");
    if (await officer.has(".register-fact")) throw new Error("it says something for that day");
  });
}

async function fault(officer, facts) {
  await officer.step("reports a mistake, and says nothing", async () => {
    await officer.open(facts.entry);
    await officer.press(`main a[href^="${facts.entry}/fault"]`);
    await officer.submit(form);
    await officer.need('.govuk-error-summary a[href="#act-reason"]', "what is missing");
  });
  await officer.step("reports it", async () => {
    await officer.fill({ "act-reason": "It was measured again: ten metres." });
    await officer.submit(form);
    await officer.need(".case-clock", "the report with its clock");
  });
  await officer.step("finds it in the list of reports", async () => {
    await officer.open("/registers/faults");
    await officer.need(".case-clock", "the report");
    await officer.press(`.case-clock a[href^="${facts.entry}/faults/"]`);
  });
  await officer.step("answers it", async () => {
    await officer.fill({ outcome: "not_wrong", "act-reason": "You are right, it is measured again." });
    await officer.submit(form);
    if (!(await officer.text("main")).includes("You are right")) throw new Error(`no answer${await officer.mistakes()}`);
  });
}

// Ending an entry takes two people.
async function end(officer, boss, facts) {
  await officer.step("asks for its end", async () => {
    await officer.open(facts.entry);
    await officer.press(`main a[href^="${facts.entry}/end"]`);
    await officer.fill({ "act-reason": "The boat left the harbour." });
    await send(officer);
    await officer.need(".register-waiting", "that it waits for a colleague");
    if (await officer.has('.register-waiting button[value="confirm"]')) throw new Error("who asked could confirm");
  });
  await boss.step("sees what waits", async () => {
    await boss.open(`${AT}?todo=confirm`);
    await boss.press(`main a[href^="${facts.entry}"]`);
  });
  await boss.step("refuses it without a reason", async () => {
    await boss.press('.register-waiting button[value="refuse"]');
    await boss.need(".govuk-error-summary", "that a reason is missing");
  });
  await boss.step("confirms it", async () => {
    await boss.press('.register-waiting button[value="confirm"]');
    if (await boss.has(".register-waiting")) throw new Error(`it still waits${await boss.mistakes()}`);
  });
}

const ROWS = ["berth_no,boat,quay,metres,family_name,nationality", "E-1,Tern,east,7,Miller,IRL", "E-2,Gull,west,8,Okafor,NGA",
  "east-3,Auk,east,6,Novak,CZE", "E-4,Skua,south,400,Haddad,LBN"];
const upload = (officer, text) => officer.page.setInputFiles("#file", { name: "berths.csv", mimeType: "text/csv", buffer: Buffer.from(text) });

// With script or without, the page says by itself when the work is done.
async function untilThere(person, selector) {
  for (let i = 0; i < 40 && !(await person.has(selector)); i++) {
    await person.page.waitForTimeout(250);
    await person.page.reload();
  }
  await person.need(selector);
}

async function bring(officer, facts) {
  await officer.step("goes to bring in a file", async () => {
    await officer.open(AT);
    await officer.press(`main a[href^="${AT}/import"]`);
  });
  await officer.step("sends none", async () => {
    await officer.submit('main form:has(#file)');
    await officer.need('.govuk-error-summary a[href="#file"]', "that a file is missing");
  });
  await officer.step("sends one with mistakes", async () => {
    await upload(officer, `${ROWS.join("\n")}\n`);
    await officer.fill({ "act-authority": "Harbour master", "act-reason": "The list of this week." });
    await officer.submit('main form:has(#file)');
    await untilThere(officer, 'main a[href*="/errors"]');
    if ((await officer.page.locator("main tbody tr").count()) < 2) throw new Error("not all mistakes are told");
  });
  await officer.step("puts the error file right and sends it again", async () => {
    const href = await officer.page.locator('main a[href*="/errors"]').getAttribute("href");
    const errors = await (await officer.context.request.get(href)).text();
    if (!errors.includes("west") || !errors.includes("east-3")) throw new Error(`the error file says ${errors}`);
    await upload(officer, errors.replace("west", "east").replace("east-3", "E-3"));
    await officer.submit('main form:has(#file)');
    await untilThere(officer, 'form[action*="/undo"]');
    facts.import = officer.path();
  });
  await officer.step("finds them by a word", async () => {
    await officer.open(AT);
    await officer.fill({ q: "Skua" });
    await officer.submit("form.register-search");
    if ((await officer.page.locator(".register-table tbody tr").count()) !== 1) throw new Error("not found");
  });
  await take(officer);
  await officer.step("takes the file back without saying why", async () => {
    await officer.open(facts.import);
    await officer.submit('form[action*="/undo"]');
    await officer.need('.govuk-error-summary a[href="#act-reason"]', "that a reason is missing");
  });
  await officer.step("takes it back", async () => {
    await officer.fill({ "act-reason": "It was the list of last week." });
    await officer.submit('form[action*="/undo"]');
    await untilThere(officer, 'main:not(:has(form[action*="/undo"]))');
    await officer.open(`${AT}?q=Skua`);
    if (await officer.has(".register-table tbody tr")) throw new Error("the entry is still in force");
  });
}

async function take(officer) {
  const rows = `main form:has([name=do][value=rows])`, counts = `main form:has([name=do][value=count])`;
  await officer.step("goes to take data out", async () => {
    await officer.open(AT);
    await officer.press(`main a[href^="${AT}/export"]`);
  });
  await officer.step("counts what there is", async () => {
    await officer.submit(counts);
    await officer.need("#counted tbody tr", "the counts");
    if (!(await officer.text("#counted")).includes("<5")) throw new Error("few are told apart");
  });
  await officer.step("chooses days that end before they begin", async () => {
    await officer.page.fill("#rows_from", "2026-05-02");
    await officer.page.fill("#rows_to", "2026-05-01");
    await officer.submit(rows);
    await officer.need('.govuk-error-summary a[href="#rows_to"]', "what is wrong with the days");
  });
  await officer.step("saves the rows", async () => {
    const query = await officer.page.$eval(rows, (form) => new URLSearchParams(new FormData(form)).toString());
    const said = new URLSearchParams(query);
    said.delete("rows_from"), said.delete("rows_to");
    const file = await officer.context.request.get(`${officer.path()}?${said}`);
    const text = await file.text();
    if (!file.headers()["content-disposition"].includes("berth.csv") || !text.startsWith("pseudonym,") || text.includes("Skua")) throw new Error(text);
  });
}

// What a data-protection officer sees of the links between authorities: no case, no person.
async function links(walk) {
  const officer = await signInStaff(walk, "data_protection_officer", /^\//);
  await officer.step("finds the links to other authorities", async () => {
    await officer.open("/registers");
    await officer.press('main a[href="/registers/mappings"]');
  });
  await officer.step("sees what waits for a second person, and who read last", async () => {
    const page = await officer.text("main");
    if (!page.includes("bert") || !page.includes("order 12/26")) throw new Error(page);
  });
  await officer.step("sees that looking was written down", async () => {
    await officer.open("/registers/mappings");
    if (!/account \d+/.test(await officer.text("main table"))) throw new Error("no entry for the look itself");
  });
  await officer.leave();
  const boss = await signInStaff(walk, "supervisor", /^\/(work|team)/);
  await boss.step("is not shown them", async () => {
    const answer = await boss.context.request.get("/registers/mappings");
    if (answer.status() !== 403) throw new Error(`status ${answer.status()}`);
  });
  await boss.leave();
}

export async function registers(walk) {
  const facts = {};
  const officer = await signInStaff(walk, "officer", /^\/work/);
  await record(officer, facts);
  await correct(officer, facts);
  await fault(officer, facts);
  const boss = await signInStaff(walk, "supervisor", /^\/(work|team)/);
  await end(officer, boss, facts);
  await boss.step("sees what is kept and for how long", () => boss.open("/registers/retention"));
  await boss.leave();
  await bring(officer, facts);
  await officer.leave();
  await links(walk);
}
