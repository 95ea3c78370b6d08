// policy.mjs - the law is changed in the browser and released by two people: a new application runs on it, an older one not.
import { untilDone } from "./rules.mjs";
import { apply, ownName, signInStaff } from "./story.mjs";

const EDITOR_BYTES = 700_000;   // dmn-js with its styles; only on the page of a table, and then kept by the browser
const TABLE = "decisions/suggest_track.dmn", PERIOD = ['"count": 21', '"count": 28'];

const file = (facts, name) => `/policy/drafts/${facts.policy}/file?name=${encodeURIComponent(name)}`;
const release = (facts) => `/policy/drafts/${facts.policy}/release`;
const latin = (text) => text.replace(/[٠-٩]/g, (d) => "٠١٢٣٤٥٦٧٨٩".indexOf(d)).replace(/[۰-۹]/g, (d) => "۰۱۲۳۴۵۶۷۸۹".indexOf(d));

// Open cases by version, as the first table of the list says.
async function openCases(person) {
  await person.open("/policy");
  const rows = await person.page.locator("main table").first().locator("tbody tr").all();
  const found = {};
  for (const row of rows) {
    const cells = await row.locator("td").allInnerTexts();
    found[cells[0].trim().split(/\s/)[0]] = Number(latin(cells.at(-1)).replace(/\D/g, ""));
  }
  return found;
}

async function save(person, reason) {
  await person.fill({ reason });
  await person.submit("#editor");
}

async function makeDraft(person, facts) {
  await person.step("sees the versions of the law", async () => {
    facts.before = await openCases(person);
    if (!(facts.before["1.0.0"] > 0)) throw new Error(`no open case: ${JSON.stringify(facts.before)}`);
  });
  await person.step("opens the version in force", () => person.press('main table a[href^="/policy/versions/"]'));
  await person.step("begins a draft without saying why", async () => {
    await person.fill({ title: "Four weeks to lodge" });
    await person.submit('main form[action^="/policy/versions/"]:has(#title)');
    await person.need('.govuk-error-summary a[href="#reason"]', "a mistake of the reason");
  });
  await person.step("begins a draft", async () => {
    await person.fill({ reason: "The new act gives four weeks." });
    await person.submit('main form[action^="/policy/versions/"]:has(#title)');
    await person.at(/^\/policy\/drafts\/\d+$/);
    facts.policy = person.path().match(/\d+/)[0];
  });
}

// With script in the table itself, without as text.
async function editTable(person, facts) {
  const { page, walk } = person;
  person.bytesMax = EDITOR_BYTES;
  person.readsKeys = true;   // of cases: names of facts
  await person.step("opens a decision table", async () => {
    await person.open(file(facts, TABLE));
    if (walk.script) await page.locator("td.input-cell").first().waitFor();
  });
  person.bytesMax = EDITOR_BYTES;
  await person.step("adds a country to the list of safe ones", async () => {
    if (walk.script) {
      await page.locator("td.input-cell").first().click();
      await page.keyboard.press("Control+End");
      await page.keyboard.type(', "SYR"');
      await page.locator("#reason").click();
    } else {
      const text = await page.inputValue("#content");
      await page.fill("#content", text.replace('"MAR", "TUN"', '"MAR", "TUN", "SYR"'));
    }
    await save(person, "Syria is on the list of safe countries now.");
    await person.need(".govuk-notification-banner--success", "a confirmation");
    if (!(await page.inputValue("#content")).includes('"TUN", "SYR"')) throw new Error("the cell is not saved");
    if (!(await person.has(".govuk-tag--green"))) throw new Error("the check found mistakes");
  });
  person.bytesMax = 100_000;
  person.readsKeys = false;
}

async function editDeadline(person, facts) {
  const { page } = person;
  let good;
  await person.step("makes a slip in a deadline", async () => {
    await person.open(file(facts, "deadlines.json"));
    const text = await page.inputValue("#content");
    if (!text.includes(PERIOD[0])) throw new Error("no deadline of 21 days");
    good = text.replace(...PERIOD);
    await page.fill("#content", text.replace(PERIOD[0], '"count": "four weeks"'));
    await save(person, "Four weeks instead of three.");
    await person.need(".policy-findings__here", "a finding in this file");
  });
  await person.step("cannot ask for the release of what is broken", async () => {
    await askFor(person, facts, today());
    await person.need(".govuk-error-summary", "a list of mistakes");
  });
  await person.step("puts the deadline right", async () => {
    await person.open(file(facts, "deadlines.json"));
    await page.fill("#content", good);
    await save(person, "A number of days.");
    await person.need(".govuk-tag--green", "a good check");
  });
}

// What was brought, and why something is thrown away, must not get lost when the page comes again.
async function forgetReasons(person, facts) {
  const { page } = person;
  await person.step("looks at the draft", () => person.open(`/policy/drafts/${facts.policy}`));
  await person.step("wants to drop it without saying why", async () => {
    await page.locator('main details:has(form[action$="/drop"]) summary').click();
    await person.submit('main form[action$="/drop"]');
    await person.need('.govuk-error-summary a[href="#drop_reason"]', "a mistake of the reason");
    await person.need("details[open] #drop_reason-error", "the mistake at its form");
    if (await person.has("#reason-error")) throw new Error("the mistake is at another form too");
  });
  await person.step("brings a file without saying why", async () => {
    await person.open(file(facts, "deadlines.json"));
    const text = await page.inputValue("#content");
    await page.setInputFiles("#replacement", { name: "deadlines.json", mimeType: "application/json", buffer: Buffer.from(text.replace(/^\s*\{/, "{ ")) });
    await person.submit("#editor");
    await person.need('.govuk-error-summary a[href="#reason"]', "a mistake of the reason");
    if (!(await page.inputValue("#content")).startsWith("{ ")) throw new Error("the file that was brought is lost");
  });
  await person.step("wants to remove that file without saying why", async () => {
    await page.locator('main details:has(form[action*="/remove?"]) summary').click();
    await person.submit('main form[action*="/remove?"]');
    await person.need("details[open] #remove_reason-error", "the mistake at its form");
  });
}

// Somebody else had the file open meanwhile: nothing of either is lost.
async function meetAnother(person, other, facts) {
  const name = "codes/track.json";
  await other.step("opens a list of the draft", () => other.open(file(facts, name)));
  await person.step("saves the same list", async () => {
    await person.open(file(facts, name));
    await person.page.fill("#content", `${await person.page.inputValue("#content")}\n\n`);
    await person.page.fill("#content", (await person.page.inputValue("#content")).replace("[", "[ "));
    await save(person, "Only a space.");
  });
  await other.step("saves it too, and is told", async () => {
    await other.page.fill("#content", (await other.page.inputValue("#content")).replace("[", "[  "));
    await save(other, "Two spaces.");
    await other.need(".policy-theirs", "what the other one saved");
  });
}

// The changed law on a case that does not exist: it is registered, and the deadline is the new one.
async function tryCase(person, facts) {
  await person.step("goes from the draft to an invented case", async () => {
    await person.open(`/policy/drafts/${facts.policy}`);
    await person.press(`main a[href^="/policy/try?draft=${facts.policy}"]`);
    await person.need("#walk", "example cases");
  });
  await person.step("begins with the answers of an example", async () => {
    await person.fill({ walk: "refugee", starts: "2027-01-15" });
    await person.submit('main form[method="post"]');
    await person.at(/^\/policy\/try\/\d+$/);
  });
  const page = person.path();
  await person.step("submits and registers it", async () => {
    await person.press('main a[href$="/do/submit_application"]');
    await person.submit("main form");
    await person.press('main a[href*="/task/"]');
    await person.submit("main form");
    await person.at(/^\/policy\/try\/\d+$/);
  });
  await person.step("ends the trial", () => person.submit(`main form[action="${page}/end"]`));
}

async function tryTable(person, facts) {
  person.bytesMax = EDITOR_BYTES;
  person.readsKeys = true;
  await person.step("goes from the table to the caseload", async () => {
    await person.open(file(facts, TABLE));
    await person.press('main a[href^="/rules?"]');
    await person.need('[name=draft]', "the draft's table");
  });
  person.bytesMax = 100_000;
  person.readsKeys = false;
  await person.step("tries it on the caseload", async () => {
    await person.fill({ decision: "suggest_track", moment: "today" });
    await person.submit('main form[action="/rules"]');
    await person.at(/^\/rules\/\d+$/);
    await untilDone(person);
  });
}

const today = () => {
  const parts = new Intl.DateTimeFormat("en-US", { timeZone: "Europe/Brussels", year: "numeric", month: "2-digit", day: "2-digit" })
    .formatToParts(new Date());
  const [year, month, day] = ["year", "month", "day"].map((type) => parts.find((p) => p.type === type).value);
  return { year, month, day };
};

async function askFor(person, facts, day) {
  await person.open(release(facts));
  await person.fill({ valid_from: day, number: "1.1.0", reason: "It is the law from today on." });
  await person.submit('main form[action$="/ask"]');
}

async function ask(person, facts) {
  await person.step("asks for a day that is past", async () => {
    await askFor(person, facts, { year: 2026, month: 7, day: 1 });
    await person.need('.govuk-error-summary a[href="#past_reason"]', "a mistake of the day");
  });
  await person.step("asks for the release", async () => {
    await askFor(person, facts, today());
    await person.need(".govuk-tag--yellow", "the state");
    if (await person.has('main form[action$="/release"]')) throw new Error("who asked could release");
  });
}

async function decide(boss, facts) {
  await boss.step("finds the draft in the list", async () => {
    await boss.open("/policy");
    await boss.press(`main a[href="/policy/drafts/${facts.policy}"]`);
    await boss.press(`main a[href$="/release"]`);
  });
  await boss.step("reads what changes", async () => {
    const changes = (await boss.texts(".policy-change")).join("\n");
    if (!latin(changes).includes("SYR") || !latin(changes).includes("28")) throw new Error(`not told: ${changes}`);
  });
  await boss.step("signs with another name", async () => {
    await boss.fill({ reason: "Both changes are in the act.", name: "Somebody" });
    await boss.submit('main form[action$="/release"]');
    await boss.need('.govuk-error-summary a[href="#name"]', "a mistake of the name");
  });
  await boss.step("releases it", async () => {
    await boss.fill({ name: await ownName(boss) });
    await boss.submit('main form[action$="/release"]');
    await boss.need(`main a[href^="/policy/versions/"]`, "the new version");
    if ((await boss.texts(".policy-log li")).length < 6) throw new Error("the log is too short");
  });
  await boss.step("sees that open cases keep their version", async () => {
    const now = await openCases(boss);
    if (now["1.0.0"] !== facts.before["1.0.0"] || now["1.1.0"] !== 0) throw new Error(JSON.stringify(now));
  });
}

// For pictures: a draft with a changed table and a changed deadline.
export async function draft(walk) {
  const facts = {};
  const person = await signInStaff(walk, "policy", /^\/policy$/);
  await makeDraft(person, facts);
  await editTable(person, facts);
  await editDeadline(person, facts);
  facts.table = file(facts, TABLE);
  facts.process = file(facts, "processes/asylum.bpmn");
  return { person, facts };
}

export async function policy(walk) {
  const facts = {};
  const person = await signInStaff(walk, "policy", /^\/policy$/);
  await makeDraft(person, facts);
  await editTable(person, facts);
  await editDeadline(person, facts);
  await forgetReasons(person, facts);
  await tryCase(person, facts);
  await tryTable(person, facts);
  const boss = await signInStaff(walk, "supervisor", /^\/(work|team)/);
  await meetAnother(person, boss, facts);
  await ask(person, facts);
  await decide(boss, facts);
  await person.leave();
  await (await apply(walk, facts)).leave();
  await boss.step("sees the new application on the new version", async () => {
    const now = await openCases(boss);
    if (now["1.0.0"] !== facts.before["1.0.0"] || now["1.1.0"] !== 1) throw new Error(JSON.stringify(now));
  });
  await boss.leave();
  const officer = await signInStaff(walk, "officer", /^\/work/);
  await officer.step("is refused, having no such power", async () => {
    const answer = await officer.open("/policy");
    if (answer.status() !== 403) throw new Error(`answered with ${answer.status()}`);
    officer.errors = [];   // the browser names the refusal an error
  });
  await officer.leave();
}
