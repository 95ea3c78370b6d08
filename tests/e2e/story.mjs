// story.mjs - the whole way of one asylum case, as the people in it do it.
import { BIRTH, DECISION, ENTRIES, RECORD, SECTIONS, moment, workingDay } from "./answers.mjs";
import { oneTimeCode } from "../local.mjs";
import { page, photo } from "./papers.mjs";
import { Person } from "./person.mjs";

const PASSWORD = "three-green-lamps-by-the-sea";
const LETTERS = { en: "fa", ar: "ar" };   // the person's language, beside the official one
const DAY = /\p{Nd}{1,2} \p{L}+ \p{Nd}{4}/gu;                // 21 November 2026, in any digits
const PHONE = { viewport: { width: 360, height: 800 } };

// ---- the applicant

// An account with the printed sheet, up to the question for a second factor.
export async function makeAccount(maryam, facts) {
  await maryam.step("first page", () => maryam.open("/"));
  await maryam.step("goes to the sign-up", () => maryam.press('a[href="/sign-up"]'));
  await maryam.step("has neither e-mail nor phone", () => maryam.press("button[name=without]"));
  await maryam.step("chooses a password that is too short", async () => {
    await maryam.fill({ password: "short" });
    await maryam.submit();
    await maryam.need(".govuk-error-summary", "a list of mistakes");
  });
  await maryam.step("chooses a password and gets the recovery sheet", async () => {
    await maryam.fill({ password: PASSWORD });
    await maryam.submit();
    const codes = await maryam.texts(".ostia-sheet .ostia-code");
    if (codes.length !== 9) throw new Error(`${codes.length} codes on the sheet`);
    facts.signInName = codes[0];
    facts.recoveryCode = codes[1];
  });
  await maryam.step("keeps the sheet", async () => {
    await maryam.page.check("#kept");
    await maryam.submit();
    await maryam.at(/^\/account\/factor$/);
  });
}

export async function signUp(maryam, facts) {
  await makeAccount(maryam, facts);
  await maryam.step("sets up one-time codes", async () => {
    await maryam.press('a[href="/account/totp"]');
    facts.secret = (await maryam.text("strong.ostia-code")).replace(/\s/g, "");
  });
  await maryam.step("types the first code", async () => {
    await maryam.fill({ code: oneTimeCode(facts.secret) });
    await maryam.submit("main form:has([name=enrolment])");
    await maryam.at(/^\/(account|apply)/);
  });
}

async function startApplication(maryam, facts) {
  await maryam.step("reads what will happen", async () => {
    await maryam.open("/apply");
    await maryam.need('form[action="/apply"]');
  });
  await maryam.step("starts the application", async () => {
    await maryam.fill({ language: LETTERS[maryam.walk.language], phrase: "blue door", read: true });
    await maryam.submit('form[action="/apply"]');
    await maryam.at(/^\/apply\/\d+$/);
    facts.id = maryam.path().match(/\d+/)[0];
  });
}

// Fills what the page asks now; `done` keeps names that were answered already.
async function answer(maryam, values, done) {
  for (const [name, value] of Object.entries(values)) {
    if (done.has(name)) continue;
    const date = value && typeof value === "object" && !Array.isArray(value);
    if (!(await maryam.has(date ? `[name="${name}-year"]` : `[name="${name}"]:not([type=hidden])`))) continue;
    await maryam.fillOne(name, value);
    done.add(name);
  }
}

export const save = (maryam) => maryam.press('main form button[name=do][value=save]:not([tabindex="-1"])');

// Sends the page until the section is left: new questions and suggested spellings show the same page again.
export async function saveSection(maryam, values) {
  const here = maryam.path();
  const done = new Set();
  for (let i = 0; i < 4 && maryam.path() === here; i++) {
    await answer(maryam, values, done);
    await save(maryam);
  }
  const left = Object.keys(values).filter((name) => !done.has(name));
  if (maryam.path() === here || left.length) throw new Error(`still at ${here}, not asked: ${left}${await maryam.mistakes()}`);
}

async function addEntry(maryam, section) {
  const [list, values] = ENTRIES[section];
  await maryam.step(`${section}: says that there is something to list`, async () => {
    await answer(maryam, SECTIONS[section][0], new Set());
    await save(maryam);
    await maryam.need(`button[name=do][value="edit:${list}[0]"]`);
  });
  await maryam.step(`${section}: opens an entry`, () => maryam.press(`button[name=do][value="edit:${list}[0]"]`));
  if (section === "documents") await uploadPassport(maryam, list);
  await maryam.step(`${section}: fills the entry`, () =>
    saveSection(maryam, Object.fromEntries(Object.entries(values).map(([k, v]) => [`${list}[0].${k}`, v]))));
  await maryam.step(`${section}: is done`, () => save(maryam));
}

// With script in pieces, and the second piece is lost on its way; without in one form.
async function uploadPassport(maryam, list) {
  const [, values] = ENTRIES.documents;
  await maryam.step("documents: goes to add a photo", async () => {
    await answer(maryam, { [`${list}[0].kind`]: values.kind }, new Set());
    await maryam.press(`button[name=do][value^="file:${list}[0]"]`);
    await maryam.at(/^\/my\/\d+\/upload$/);
  });
  await maryam.step("documents: sends the photo; the connection breaks in the middle", async () => {
    let pieces = 0, lost = 0;
    if (maryam.walk.script)
      await maryam.page.route(/\/uploads\/\w+\?offset=/, (route) => {
        if (++pieces === 2) return lost++, route.abort("connectionfailed");
        return route.continue();
      });
    await maryam.page.setInputFiles("[name=file]", { name: "passport.png", mimeType: "image/png", buffer: photo() });
    await maryam.fill({ kind: "passport" });
    await maryam.submit();
    if (maryam.walk.script && (lost !== 1 || pieces < 4)) throw new Error(`${pieces} pieces, ${lost} lost`);
    await maryam.page.unroute(/\/uploads\/\w+\?offset=/);
    await maryam.at(/^\/apply\/\d+\/documents\/identity_documents\/1$/);
    if (!(await maryam.text("main")).includes("passport.png")) throw new Error("the photo is not listed");
    maryam.bytes = 0;   // the photo itself is no page
  });
}

async function fillSections(maryam, facts) {
  await maryam.step("names: opens the section", () => maryam.press(`a[href="/apply/${facts.id}/names"]`));
  for (const section of Object.keys(SECTIONS)) {
    if (maryam.path() !== `/apply/${facts.id}/${section}`)
      await maryam.step(`${section}: opens the section`, () => maryam.open(`/apply/${facts.id}/${section}`));
    if (ENTRIES[section]) await addEntry(maryam, section);
    else await maryam.step(`${section}: answers`, () => saveSection(maryam, SECTIONS[section][0]));
  }
}

async function submitApplication(maryam, facts) {
  await maryam.step("checks the answers", async () => {
    await maryam.open(`/apply/${facts.id}/check`);
    await maryam.need("[name=declared]", "the declaration");
  });
  await maryam.step("sends it without the declaration", async () => {
    await maryam.submit();
    await maryam.need(".govuk-error-summary", "a list of mistakes");
  });
  await maryam.step("sends it and gets case number and tracking code", async () => {
    await maryam.page.check("#declared");
    await maryam.submit();
    [facts.caseNo, facts.tracking] = await maryam.texts("main .ostia-code");
    if (!facts.caseNo || !/^[A-Z0-9]{4}-/.test(facts.tracking || "")) throw new Error(`number ${facts.caseNo}, code ${facts.tracking}`);
  });
  await maryam.step("downloads the receipt as PDF", async () => {
    const href = await maryam.page.locator('a[href*="/letters/"]').first().getAttribute("href");
    await pdf(maryam, href);
  });
}

// A letter is made a moment after its reason: asked again until it is there, then it must be a PDF.
export async function pdf(person, href) {
  for (let i = 0; i < 100; i++) {
    const answered = await person.context.request.get(href);
    const body = await answered.body();
    if (answered.ok() && body.subarray(0, 5).toString() === "%PDF-") return body;
    if (i === 99) throw new Error(`${href}: ${answered.status()} and no PDF`);
    await new Promise((done) => setTimeout(done, 100));
  }
}

export async function apply(walk, facts) {
  const maryam = await Person.come(walk, "applicant", PHONE);
  await signUp(maryam, facts);
  await startApplication(maryam, facts);
  await fillSections(maryam, facts);
  await submitApplication(maryam, facts);
  return maryam;
}

// ---- the authority

export async function signInStaff(walk, who, home) {
  const person = await Person.come(walk, who);
  await person.step("signs in with password and one-time code", async () => {
    await person.signIn(walk.server.cards[who]);
    await person.at(home);
  });
  return person;
}

// The name that colleagues choose in a list: the first words of "Name, Unit" in the header.
export const ownName = async (person) => (await person.text(".ostia-header__person > span")).split(",")[0].trim();

export async function assign(walk, facts, officerName) {
  const boss = await signInStaff(walk, "supervisor", /^\/(work|team)/);
  await boss.step("sees the load of the team", async () => {
    await boss.open("/team");
    await boss.need(`#case-${facts.id}`, "the new case without an officer");
  });
  await boss.step("assigns without choosing anybody", async () => {
    await boss.page.check(`#case-${facts.id}`);
    await boss.submit('main form[action="/team"]');
    await boss.need(".govuk-error-summary", "a list of mistakes");
    if (!(await boss.page.isChecked(`#case-${facts.id}`))) throw new Error("the chosen case was forgotten");
  });
  await boss.step("assigns the case to the officer", async () => {
    await boss.page.selectOption("[name=officer]", await boss.page.locator("[name=officer] option", { hasText: officerName }).first().getAttribute("value"));
    await boss.submit('main form[action="/team"]');
    await boss.at(/^\/team$/);
    await boss.need(".govuk-notification-banner--success", "a confirmation");
  });
  boss.bytesMax = 130_000;   // forty cases of all procedures in Arabic letters, for a desk
  await boss.step("sees the work list of all", () => boss.open("/work?view=all"));
  boss.bytesMax = 100_000;
  return boss;
}

export const file = (facts, path = "") => `/cases/${facts.id}${path}`;

// Opens the form of one command, fills it, and ends where the command leads.
export async function act(person, facts, command, values, what = command.replaceAll("_", " ")) {
  await person.step(`${what}: opens`, async () => {
    await person.open(file(facts, `/do/${command}`));
    await person.need(`form[action$="/do/${command}"]`, "the form");
  });
  await person.step(`${what}: does it`, async () => {
    await person.fill(values);
    await person.submit(`main form[action$="/do/${command}"]`);
    if (person.path().endsWith(`/do/${command}`)) throw new Error(`not done${await person.mistakes()}`);
    await person.need(".govuk-notification-banner--success", "a confirmation");
  });
}

export const day = (name, m) => ({ [name]: { day: m.day, month: m.month, year: m.year } });
const at = (name, m) => ({ ...day(name, m), [`${name}-time`]: m.time });

export async function register(officer, facts) {
  await officer.step("finds the case in the work list", async () => {
    await officer.open("/work?view=mine");
    await officer.need(`a[href="${file(facts)}"]`, "the case");
  });
  await officer.step("finds it by its number", async () => {
    await officer.open(`/search?q=${encodeURIComponent(facts.caseNo)}`);
    if (officer.path() === "/search") await officer.need(`a[href="${file(facts)}"]`, "the case");
  });
  await officer.step("opens the file", () => officer.open(file(facts)));
  for (const tab of ["persons", "application", "documents", "timeline", "messages", "notes", "letters", "process", "suggestion", "access"])
    await officer.step(`looks at ${tab}`, () => officer.open(file(facts, `/${tab}`)));
  await officer.step("opens the photo of the passport", async () => {
    await officer.open(file(facts, "/documents"));
    await officer.press(`main a[href*="/documents/"]`);
    await officer.at(/\/documents\/\d+$/);
    officer.bytes = 0;   // the picture itself is no page
  });
  await officer.step("registers without having checked the identity", async () => {
    await officer.open(file(facts, "/do/register_application"));
    await officer.fill({ ...day("made_on", moment(0)), made_at_place: "Counter 2" });
    await officer.submit('main form[action$="/do/register_application"]');
    await officer.need(".govuk-error-summary", "a list of mistakes");
  });
  await act(officer, facts, "register_application", { ...day("made_on", moment(0)), made_at_place: "Counter 2", identity_checked: true });
  await act(officer, facts, "record_step", { step: "eurodac_sent", ...day("on", moment(0)) });
}

export async function ask(officer, facts) {
  await act(officer, facts, "check_completeness", { is_complete: "no", missing: ["birth_certificate"] });
  await act(officer, facts, "request_document", { kind: "birth_certificate", explanation: "Please send your birth certificate, or say why you have none." });
  await act(officer, facts, "add_note", { body: "Asked for the birth certificate." });
}

// With the script the file goes in pieces, without in one form.
export async function bring(maryam, facts) {
  await maryam.step("sees what is asked and until when", async () => {
    await maryam.open(`/my/${facts.id}`);
    await maryam.need(`a[href*="/upload?request="]`, "what is asked");
  });
  await maryam.step("goes to send the paper", () => maryam.press('a[href*="/upload?request="]'));
  await maryam.step("sends the paper", async () => {
    await maryam.page.setInputFiles("[name=file]", { name: "birth.pdf", mimeType: "application/pdf", buffer: page("Birth certificate of the story") });
    await maryam.fill({ kind: "birth_certificate" });
    await maryam.submit();
    await maryam.at(/^\/my\/\d+$/);
  });
  await maryam.step("says that this is all", async () => {
    const button = 'form[action$="/all-i-have"] button';
    if (await maryam.has(button)) await maryam.press(button);
  });
  await maryam.step("writes a message", async () => {
    await maryam.open(`/my/${facts.id}/messages`);
    await maryam.fill({ body: "I have sent the paper. Thank you." });
    await maryam.submit();
  });
}

// What came at the counter and by post, with the day on which it came.
async function onPaper(officer, facts) {
  const counter = { ...day("received_on", moment(0)), received_by: "counter" };
  await officer.step("cannot enter a letter of tomorrow", async () => {
    await officer.open(file(facts, "/do/receive_letter"));
    await officer.fill({ body: "I live at Harbour Road 7 now.", ...day("received_on", moment(1)), received_by: "post" });
    await officer.submit('main form[action$="/do/receive_letter"]');
    await officer.need(".govuk-error-summary", "a list of mistakes");
  });
  await act(officer, facts, "receive_letter", { body: "I live at Harbour Road 7 now.", ...counter });
  await act(officer, facts, "report_error", { what: "The street", correction: "Harbour Road 7", ...counter });
  await act(officer, facts, "request_document", { kind: "other", explanation: "Please bring the letter of your landlord." }, "asks for another paper");
  await officer.step("goes to add the paper that came", async () => {
    await officer.open(file(facts));
    await officer.press('a[href*="/documents?request="]');
  });
  await officer.step("scans it at the counter", async () => {
    await officer.page.setInputFiles("[name=file]", { name: "landlord.pdf", mimeType: "application/pdf", buffer: page("Letter of the landlord") });
    await officer.submit('main form[enctype]');
    await officer.at(/\/do\/answer_request$/);
  });
  await officer.step("says when and how it came", async () => {
    if (!(await officer.page.locator("[name=paper]").inputValue())) throw new Error("the scanned paper is not chosen");
    await officer.fill(counter);
    await officer.submit('main form[action$="/do/answer_request"]');
    await officer.need(".govuk-notification-banner--success", "a confirmation");
  });
}

export async function examine(officer, facts) {
  await officer.step("reads the message", () => officer.open(file(facts, "/messages")));
  await act(officer, facts, "send_message", { body: "Thank you, it has arrived." });
  await onPaper(officer, facts);
  await act(officer, facts, "check_completeness", { is_complete: "yes" }, "checks completeness again");
  await act(officer, facts, "book_interview", { ...at("starts", workingDay(3, "09:30")), minutes: "120", place: "Room 3, Harbour Road 1",
    language: "fas", interpreter: "N. Interpreter" });
}

// The person uses a right; who has the case does not answer a request for another person's look.
export async function useRight(maryam, officer, facts) {
  await maryam.step("asks for all data", async () => {
    await maryam.open(`/my/${facts.id}/rights`);
    await maryam.fill({ right: "access", words: "Also the notes of the interview." });
    await maryam.submit('main form[action$="/rights"]');
    await maryam.need(".govuk-notification-banner--success", "a confirmation");
  });
  await officer.step("sees it and answers", async () => {
    await officer.open(file(facts));
    await officer.press('a[href*="/do/answer_right"]');
    await officer.fill({ answer: "All of it is on the page Your data. The record follows." });
    await officer.submit('main form[action$="/do/answer_right"]');
    await officer.need(".govuk-notification-banner--success", "a confirmation");
  });
  await act(officer, facts, "choose_track", { track: "regular", reason: "Nothing in what was told asks for another track." });
}

export async function interview(officer, facts) {
  await act(officer, facts, "hold_interview", { was_held: "yes", present: "Applicant, interpreter, officer", record: RECORD });
  await act(officer, facts, "read_back_interview", { is_confirmed: "yes", corrections: "The paper had five articles." });
  await officer.step("sees the suggestion of the rules with its trace", () => officer.open(file(facts, "/suggestion")));
  await act(officer, facts, "propose_decision", DECISION);
  await officer.step("cannot sign an adverse decision alone", async () => {
    await officer.open(file(facts, "/decision"));
    if (await officer.has('a[href$="/do/sign_decision"]')) throw new Error("the officer who proposed it may sign");
  });
}

export async function sign(walk, facts) {
  const second = await signInStaff(walk, "second", /^\/work/);
  await second.step("opens the file", () => second.open(file(facts)));
  await second.step("reads the letter as it will go out", async () => {
    await second.open(file(facts, "/do/sign_decision"));
    const letter = await second.text(".case-preview");
    if (!letter.includes(DECISION.assessment)) throw new Error("the reasons are not in the letter");
    await second.need(`.case-preview [lang=${LETTERS[walk.language]}]`, "the letter in the person's language");
    await second.need(".case-preview [lang=en]", "the letter in the official language");
  });
  await act(second, facts, "sign_decision", { verdict: "sign" });
  await second.leave();
}

export async function receive(maryam, facts) {
  await maryam.step("sees that a decision is ready", async () => {
    await maryam.open(`/my/${facts.id}`);
    await maryam.need('a[href*="/letters/"]', "letters");
  });
  await maryam.step("goes to the letter", async () => {
    await maryam.press('main a[href*="/letters/"]');
    facts.letterCode = await maryam.text(".ostia-code");
  });
  await maryam.step("opens it, and the time to appeal begins", async () => {
    if (await maryam.has("main form")) await maryam.submit();
    await maryam.need('a[href$="/file"]', "the letter");
    await pdf(maryam, await maryam.page.locator('a[href$="/file"]').first().getAttribute("href"));
  });
  await maryam.step("reads the decision and until when to appeal", async () => {
    await maryam.open(`/my/${facts.id}/decision`);
    await maryam.need("[name=grounds]", "the form for the appeal");
    facts.lastDays = (await maryam.texts("main strong")).join(" ").match(DAY);
    if (!facts.lastDays) throw new Error("the last day to appeal is not named");
  });
  await maryam.step("lodges an appeal", async () => {
    await maryam.fill({ grounds: "The reports are out of date.", asks_to_stay: true });
    await maryam.submit('main form:has([name=grounds])');
    if (await maryam.has("[name=grounds]")) throw new Error(`not lodged${await maryam.mistakes()}`);
  });
}

export async function close(officer, facts) {
  await officer.step("reads the same last day to appeal as the applicant", async () => {
    await officer.open(file(facts, "/decision"));
    const days = (await officer.text("main")).match(DAY) || [];
    if (!facts.lastDays.some((day) => days.includes(day))) throw new Error(`${facts.lastDays} is not among ${days}`);
  });
  await act(officer, facts, "record_appeal_outcome", { outcome: "dismissed", reasons: "The court follows the decision.", court_number: "A 2026/17" });
  await officer.step("sees the outcome in the timeline", () => officer.open(file(facts, "/timeline")));
  await officer.step("sees where the case stood in the process", async () => {
    await officer.open(file(facts, "/process"));
    const drawn = await officer.context.request.get(await officer.page.locator(".ostia-diagram img").first().getAttribute("src"));
    if (!drawn.ok() || !(await drawn.text()).startsWith("<svg")) throw new Error(`no picture: ${drawn.status()}`);
  });
}

// ---- anybody

export async function check(walk, facts) {
  const anybody = await Person.come(walk, "anybody", PHONE);
  await anybody.step("looks at the rights", () => anybody.open("/rights"));
  await anybody.step("asks if a message is real", () => anybody.open("/is-this-message-real"));
  await anybody.step("checks the code of the letter", async () => {
    await anybody.fill({ code: facts.letterCode.toLowerCase() });
    await anybody.submit('main form[action="/verify"]');
    await anybody.need(".ostia-result--good", "that it is genuine");
  });
  await anybody.step("checks a code that nobody gave out", async () => {
    await anybody.fill({ code: "ABCD-EFGH-JKMN" });
    await anybody.submit('main form[action="/verify"]');
    await anybody.need(".ostia-result--bad", "that it is unknown");
  });
  await anybody.step("tracks with a wrong date of birth", async () => {
    await anybody.open("/track");
    await anybody.fill({ code: facts.tracking, birth_date: { day: "1", month: "1", year: "1980" } });
    await anybody.submit('main form[action="/track"]');
    await anybody.need(".govuk-error-summary", "a refusal");
    facts.refusal = await anybody.text(".govuk-error-summary__list");
  });
  await anybody.step("tracks with a wrong code and gets the same answer", async () => {
    await anybody.open("/track");
    await anybody.fill({ code: "ABCD-EFGH-JKMN", birth_date: BIRTH });
    await anybody.submit('main form[action="/track"]');
    if ((await anybody.text(".govuk-error-summary__list")) !== facts.refusal) throw new Error("the answers differ");
  });
  await anybody.step("tracks with both right", async () => {
    await anybody.open("/track");
    await anybody.fill({ code: facts.tracking.replaceAll("-", " "), birth_date: BIRTH });
    await anybody.submit('main form[action="/track"]');
    await anybody.need(".ostia-result--word", "the status");
  });
  for (const path of ["/complaint", "/privacy", "/accessibility", "/transparency/log", "/demo", "/demo/mail"])
    await anybody.step(`looks at ${path}`, () => anybody.open(path));
  await anybody.leave();
}

export async function lookBack(maryam, facts) {
  await maryam.step("sees who has looked at the file, when and why", async () => {
    await maryam.open(`/my/${facts.id}/looks`);
    if ((await maryam.page.locator("tbody tr").count()) < 10) throw new Error("too few looks are listed");
  });
  await maryam.step("sees what the authority entered from paper", async () => {
    await maryam.open(`/my/${facts.id}/timeline`);
    const shown = (await maryam.texts(".ostia-entries__item")).filter((line) => (line.match(DAY) || []).length > 1);
    if (shown.length < 3) throw new Error(`${shown.length} lines with a day of receipt`);
  });
  for (const path of ["documents", "errors", "data", "channel", "withdraw"])
    await maryam.step(`looks at ${path}`, () => maryam.open(`/my/${facts.id}/${path}`));
  await maryam.step("looks at the account", () => maryam.open("/account"));
  await maryam.step("signs out", () => maryam.press('form[action="/sign-out"] button'));
  await maryam.step("signs in again with the sheet and a one-time code of later", async () => {
    await maryam.open("/sign-in");
    await maryam.fill({ name: facts.signInName, password: PASSWORD });
    await maryam.submit();
    await maryam.at(/^\/sign-in\/code$/);
    await maryam.page.fill("#recovery", facts.recoveryCode);
    await maryam.press("form:has(#recovery) button[type=submit]");
    await maryam.at(/^\/home$/);
  });
}

// ---- all of it

export async function story(walk) {
  const facts = {};
  const maryam = await apply(walk, facts);
  const officer = await signInStaff(walk, "officer", /^\/work/);
  const boss = await assign(walk, facts, await ownName(officer));
  await boss.leave();
  await register(officer, facts);
  await ask(officer, facts);
  await bring(maryam, facts);
  await examine(officer, facts);
  await maryam.step("sees when and where the interview is", () => maryam.open(`/my/${facts.id}`));
  await useRight(maryam, officer, facts);
  await interview(officer, facts);
  await sign(walk, facts);
  await receive(maryam, facts);
  await close(officer, facts);
  await check(walk, facts);
  await lookBack(maryam, facts);
  await officer.leave();
  await maryam.leave();
}

// For pictures: the story up to the appeal, with a halt when the interview is booked, and a second applicant in the
// middle of the form.
export async function scene(walk, halt) {
  const facts = {}, begun = {};
  const applicant = await apply(walk, facts);
  const officer = await signInStaff(walk, "officer", /^\/work/);
  const supervisor = await assign(walk, facts, await ownName(officer));
  await register(officer, facts);
  await ask(officer, facts);
  await bring(applicant, facts);
  await examine(officer, facts);
  await halt("interview", { applicant, officer, supervisor }, facts);
  await interview(officer, facts);
  await sign(walk, facts);
  await receive(applicant, facts);
  const newcomer = await Person.come(walk, "newcomer", PHONE);
  await signUp(newcomer, begun);
  await startApplication(newcomer, begun);
  for (const section of ["names", "birth"]) {
    await newcomer.open(`/apply/${begun.id}/${section}`);
    await saveSection(newcomer, SECTIONS[section][0]);
  }
  facts.draft = begun.id;
  const anybody = await Person.come(walk, "anybody");
  await halt("appeal", { applicant, officer, supervisor, newcomer, anybody }, facts);
}
