// permit.mjs - a procedure that is not about asylum, walked from the choice of it to the decision: what a pack asks for by
// its process alone. The pack is tests/packs/permit, loaded beside the one of the demonstration.
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moment } from "./answers.mjs";
import { ROOT, program } from "./harness.mjs";
import { photo } from "./papers.mjs";
import { Person } from "./person.mjs";
import { act, assign, day, file, ownName, saveSection, signInStaff, signUp } from "./story.mjs";

const PHONE = { viewport: { width: 360, height: 800 } };
const SECTIONS = {
  names: { family_name: "Sample", given_names: "Rosa", birth_date: { day: "4", month: "3", year: "1992" }, nationalities: "PRT" },
  work: { work: "I mend nets and drive the small crane.", has_boat: "yes", boat: "Gull" },
};
const REASONS = { outcome: "granted", legal_basis: "Harbour rules 3", suggestion_view: "none",
  facts: "She has worked on two quays for six years. Both employers say so in letters that she brought to the counter.",
  evidence: "Two letters of employers, the photo that she sent, and the number of the card that the works have made.",
  assessment: "What the harbour rules ask for is fulfilled. Nothing that was found speaks against giving her the permit." };

// Its base lies beside it, as the program looks for it.
export function loadPermit(data) {
  const packs = mkdtempSync(join(tmpdir(), "ostia-permit-"));
  try {
    cpSync(join(ROOT, "tests/packs/permit"), join(packs, "permit"), { recursive: true });
    cpSync(join(ROOT, "packs/eu-common"), join(packs, "eu-common"), { recursive: true });
    execFileSync(program(), ["pack", "load", join(packs, "permit"), "--data", data], { cwd: ROOT, stdio: "pipe" });
  } catch (error) {
    throw new Error(`ostia pack load failed: ${error.stdout}${error.stderr}`);
  } finally {
    rmSync(packs, { recursive: true, force: true });
  }
}

const send = (person, form) => person.press(`${form} button[name=do][value=send]:not([tabindex="-1"])`);

async function choose(rosa, facts) {
  await rosa.step("sees what can be applied for", async () => {
    await rosa.open("/apply");
    await rosa.need('a[href="/apply?procedure=eu-asylum"]', "asylum");
    await rosa.need('a[href="/apply?procedure=permit"]', "the permit");
  });
  await rosa.step("chooses the permit", async () => {
    await rosa.press('a[href="/apply?procedure=permit"]');
    await rosa.need('form[action="/apply"]');
  });
  await rosa.step("begins without having read it", async () => {
    await rosa.submit('form[action="/apply"]');
    await rosa.need(".govuk-error-summary", "a list of mistakes");
    if ((await rosa.page.locator("[name=procedure]").inputValue()) !== "permit") throw new Error("the choice was forgotten");
  });
  await rosa.step("begins", async () => {
    await rosa.fill({ language: rosa.walk.language, read: true });
    await rosa.submit('form[action="/apply"]');
    await rosa.at(/^\/apply\/\d+$/);
    facts.id = rosa.path().match(/\d+/)[0];
  });
}

async function apply(walk, facts) {
  const rosa = await Person.come(walk, "applicant", PHONE);
  await signUp(rosa, facts);
  await rosa.step("sees on the first page what there is", async () => {
    await rosa.open("/");
    await rosa.need('a[href="/apply?procedure=permit"]', "the permit");
  });
  await choose(rosa, facts);
  for (const [section, values] of Object.entries(SECTIONS))
    await rosa.step(`${section}: answers`, async () => {
      await rosa.open(`/apply/${facts.id}/${section}`);
      await saveSection(rosa, values);
    });
  await rosa.step("sends it", async () => {
    await rosa.open(`/apply/${facts.id}/check`);
    await rosa.page.check("#declared");
    await rosa.submit();
    [facts.caseNo, facts.tracking] = await rosa.texts("main .ostia-code");
    if (!/-HAR-/.test(facts.caseNo || "")) throw new Error(`case number ${facts.caseNo}`);
  });
  return rosa;
}

const task = (facts, name) => `a[href^="/cases/${facts.id}/do/complete_task"]:has-text("${name}")`;
const NAMES = { en: ["Check the papers", "Choose the quay"], ar: ["التحقق من الأوراق", "اختيار الرصيف"] };

// Both steps are open at once; each has its form.
async function twoAtOnce(officer, facts) {
  const [papers, quay] = NAMES[officer.walk.language];
  await officer.step("sees procedure and step in the work list", async () => {
    await officer.open("/work?view=mine&procedure=permit");
    await officer.need(`a[href="${file(facts)}"]`, "the case");
    if (!(await officer.text(".work-table tbody")).includes(papers)) throw new Error("the step has no name of its own pack");
  });
  await officer.step("finds no permit among the asylum cases", async () => {
    await officer.open("/work?view=mine&procedure=eu-asylum");
    if (await officer.has(`a[href="${file(facts)}"]`)) throw new Error("the filter does not hold");
  });
  await officer.step("finds it by its number", async () => {
    await officer.open(`/search?q=${encodeURIComponent(facts.caseNo)}`);
    await officer.need(`a[href="${file(facts)}"]`, "the case");
  });
  await officer.step("sees both steps in the file", async () => {
    await officer.open(file(facts));
    await officer.need(task(facts, papers), papers);
    await officer.need(task(facts, quay), quay);
  });
  await officer.step("opens the first", () => officer.press(task(facts, papers)));
  await officer.step("sends it empty", async () => {
    await send(officer, 'main form[action$="/do/complete_task"]');
    await officer.need('.govuk-error-summary a[href="#result"]', "the mistake");
  });
  await officer.step("says no, and is asked what is missing", async () => {
    await officer.fill({ result: "no" });
    await send(officer, 'main form[action$="/do/complete_task"]');
    await officer.need("[name=missing]", "the new question");
  });
  await officer.step("says yes after all", async () => {
    await officer.fill({ result: "yes" });
    await send(officer, 'main form[action$="/do/complete_task"]');
    if (officer.path() !== file(facts)) throw new Error(`not done${await officer.mistakes()}`);
    if (await officer.has(task(facts, papers))) throw new Error("the step is still open");
  });
  await officer.step("opens the second", () => officer.press(task(facts, quay)));
  await officer.step("types a length that is too long", async () => {
    await officer.fill({ quay: "North 3", metres: "4000", ...day("from", moment(7)) });
    await send(officer, 'main form[action$="/do/complete_task"]');
    await officer.need('.govuk-error-summary a[href="#metres"]', "the mistake");
  });
  await officer.step("corrects it, and what was typed is still there", async () => {
    await officer.fill({ metres: "12" });
    await send(officer, 'main form[action$="/do/complete_task"]');
    if (officer.path() !== file(facts)) throw new Error(`not done${await officer.mistakes()}`);
  });
  await officer.step("reads what was answered", async () => {
    await officer.page.evaluate(() => document.querySelectorAll("details").forEach((d) => { d.open = true; })).catch(() => {});
    const href = await officer.page.locator(`a[href^="/cases/${facts.id}/tasks/"]`).first().getAttribute("href");
    await officer.open(href);
    await officer.need("dl", "the answers");
  });
}

async function ownStep(rosa, facts) {
  await rosa.step("sees what we need from her", async () => {
    await rosa.open(`/my/${facts.id}`);
    await rosa.need(`a[href^="/my/${facts.id}/tasks/"]`, "her step");
  });
  await rosa.step("opens it", () => rosa.press(`a[href^="/my/${facts.id}/tasks/"]`));
  await rosa.step("sends it empty", async () => {
    await send(rosa, 'main form[action*="/tasks/"]');
    await rosa.need('.govuk-error-summary a[href="#photo"]', "that the photo is missing");
    await rosa.need('.govuk-error-summary a[href^="#jobs"]', "that a job is missing");
  });
  await rosa.step("sends the photo with one job, and forgets the employer", async () => {
    await rosa.page.setInputFiles('[name="file:photo"]', { name: "rosa.png", mimeType: "image/png", buffer: photo() });
    await rosa.fill({ "jobs[0].role": "crane" });
    await send(rosa, 'main form[action*="/tasks/"]');
    await rosa.need('.govuk-error-summary a[href="#jobs[0].employer"]', "the mistake");
    if (!(await rosa.text("main")).includes("rosa.png")) throw new Error("the photo was forgotten");
    rosa.bytes = 0;   // the photo itself is no page
  });
  await rosa.step("asks for a second job", async () => {
    await rosa.press('button[name=do][value="more:jobs"]');
    await rosa.need('[name="jobs[1].employer"]', "a second job");
  });
  await rosa.step("empties the first, which then is none, and sends all", async () => {
    await rosa.fill({ "jobs[0].role": "", "jobs[1].employer": "Nets and Sons", swims: true });
    await send(rosa, 'main form[action*="/tasks/"]');
    await rosa.at(/^\/my\/\d+$/);
    if (await rosa.has(`a[href^="/my/${facts.id}/tasks/"]`)) throw new Error("the step is still there");
  });
  await rosa.step("finds it among her data", async () => {
    await rosa.open(`/my/${facts.id}/data`);
    if (!(await rosa.text("main")).includes("Nets and Sons")) throw new Error("the answers of the step are missing");
  });
}

async function fromOutside(officer, facts) {
  await officer.step("sees that the card is awaited", async () => {
    await officer.open(file(facts));
    await officer.need('a[href*="/do/deliver_message"]', "what is awaited");
  });
  await officer.step("goes to enter it", () => officer.press('a[href*="/do/deliver_message"]'));
  await officer.step("enters nothing", async () => {
    await send(officer, 'main form[action$="/do/deliver_message"]');
    await officer.need('.govuk-error-summary a[href="#card"]', "the mistake");
  });
  await officer.step("enters the number of the card", async () => {
    await officer.fill({ card: "H-1207" });
    await send(officer, 'main form[action$="/do/deliver_message"]');
    if (officer.path() !== file(facts)) throw new Error(`not done${await officer.mistakes()}`);
  });
}

async function decide(officer, facts) {
  await act(officer, facts, "propose_decision", REASONS);
  await act(officer, facts, "sign_decision", { verdict: "sign" });
  await officer.step("sees where the case stood", () => officer.open(file(facts, "/process")));
  await officer.step("reads the timeline", () => officer.open(file(facts, "/timeline")));
}

// Staff open a case for somebody who stands there.
async function counter(officer) {
  await officer.step("finds where a case is opened", async () => {
    await officer.open("/work");
    await officer.press('main a[href="/open"]');
  });
  await officer.step("opens one for a permit", () => officer.press('a[href="/open/permit"]'));
  await officer.step("sends it empty", async () => {
    await send(officer, 'main form[action="/open/permit"]');
    await officer.need('.govuk-error-summary a[href="#family_name"]', "the mistakes");
  });
  await officer.step("enters all on one page", async () => {
    await officer.fill({ language: officer.walk.language, ...SECTIONS.names, family_name: "Counter", work: SECTIONS.work.work, has_boat: "no" });
    await send(officer, 'main form[action="/open/permit"]');
    const [number, code] = await officer.texts("main .ostia-code");
    if (!/-HAR-/.test(number || "") || !code) throw new Error(`number ${number}, code ${code}${await officer.mistakes()}`);
  });
  await officer.step("goes to it", () => officer.press('main a[href^="/cases/"]'));
}

export async function permit(walk) {
  const facts = {};
  const rosa = await apply(walk, facts);
  const officer = await signInStaff(walk, "officer", /^\/work/);
  const boss = await assign(walk, facts, await ownName(officer));
  await boss.leave();
  await twoAtOnce(officer, facts);
  await ownStep(rosa, facts);
  await fromOutside(officer, facts);
  await decide(officer, facts);
  await rosa.step("opens the letter with the decision", async () => {
    await rosa.open(`/my/${facts.id}`);
    await rosa.press('main a[href*="/letters/"]');
    if (await rosa.has("main form")) await rosa.submit();
  });
  await rosa.step("sees the decision", () => rosa.open(`/my/${facts.id}/decision`));
  await rosa.step("has both of her applications in one list", async () => {
    await rosa.open("/home");
    await rosa.need('a[href="/apply"]', "a way to apply for something else");
  });
  await counter(officer);
  await officer.leave();
  await rosa.leave();
}
