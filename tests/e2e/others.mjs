// others.mjs - what other authorities did in a case: in the officer's timeline, on the person's own page, and as a proof that a
// stranger checks without either authority. The other authorities are played by tests/api/authority_hand.
import { execFileSync } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { program } from "./harness.mjs";
import { signInStaff } from "./story.mjs";
import { Person } from "./person.mjs";

const BUILD = dirname(dirname(dirname(program())));

export function withPrivacy(data) {
  appendFileSync(`${data}/ostia.conf`, `privacy ${data}-privacy\nauthority-code 22\n`);
  execFileSync(program(), ["privacy", "init", "--data", data], { stdio: "pipe" });
}

async function download(person, selector) {
  const [file] = await Promise.all([person.page.waitForEvent("download"), person.page.locator(selector).first().click()]);
  return file.path();
}

function verify(walk, file, proof) {
  const key = execFileSync(program(), ["log", "keys", "--data", walk.server.data]).toString().match(/^log (.*)$/m)[1];
  return execFileSync(join(BUILD, "src/verify/ostia-verify"), [file, proof, "--key", key]).toString();
}

async function check(person, walk) {
  await person.step("downloads message and proof, and ostia-verify accepts them", async () => {
    const line = "li:has(.other-event__due)", folded = `${line} .other-event__more summary`;
    if (await person.has(folded)) await person.page.locator(folded).first().click();
    const proof = await download(person, `${line} .other-event__proof a:not([href$="/message"])`);
    const message = await download(person, `${line} .other-event__proof a[href$="/message"]`);
    const said = verify(walk, message, proof);
    if (!/PROVED +The file is the message between authorities/.test(said)) throw new Error(said);
    if (!/SAID +It names a last day/.test(said)) throw new Error(said);
  });
}

export async function others(walk) {
  const facts = {};
  const applicant = await Person.come(walk, "applicant");
  await applicant.step("finds their case", async () => {
    await applicant.signIn(walk.server.cards.applicant);
    facts.id = (await applicant.page.locator('main a[href^="/my/"]').first().getAttribute("href")).match(/\d+/)[0];
    facts.number = await applicant.text("main .ostia-code");
  });
  await walk.server.again((data) =>
    execFileSync(join(BUILD, "tests/api/authority_hand"), [data, facts.id], { stdio: "pipe" }));
  const officer = await signInStaff(walk, "officer", /^\/work/);
  await officer.step("sees in the timeline what other authorities did", async () => {
    await officer.open(`/cases/${facts.id}/timeline?kind=authorities`);
    const lines = await officer.page.locator(".case-timeline__item--other").count();
    if (lines < 9) throw new Error(`${lines} events of other authorities`);
    await officer.need(".other-event__mark--rejected", "the transfer that nobody decided");
    await officer.need(".other-event__mark:not(.other-event__mark--rejected)", "the answer that came too late");
    await officer.need(".other-event__late", "the place where nobody arrived");
  });
  await check(officer, walk);
  await officer.step("sees them between the steps of the own authority", async () => {
    await officer.open(`/cases/${facts.id}/timeline`);
    await officer.need(".case-timeline__item--other", "other authorities");
    await officer.need(".case-timeline__item:not(.case-timeline__item--other)", "own steps");
  });
  await officer.step("gives a court the proof of a letter", async () => {
    await officer.open(`/cases/${facts.id}/letters`);
    const letter = await officer.page.locator("tbody th a").first().getAttribute("href");
    const files = { pdf: letter, proof: `${letter}/proof` };
    await officer.need(`a[href="${files.proof}"]`, "the link to the proof");
    for (const [name, href] of Object.entries(files)) {
      const answer = await officer.context.request.get(href);
      if (answer.status() !== 200) throw new Error(`${href}: ${answer.status()}`);
      writeFileSync(`${walk.server.data}-letter.${name}`, await answer.body());
    }
    const said = verify(walk, `${walk.server.data}-letter.pdf`, `${walk.server.data}-letter.proof`);
    if (!/PROVED +The file is what the entry names/.test(said)) throw new Error(said);
  });
  await officer.leave();
  const dpo = await signInStaff(walk, "data_protection_officer", /^\/(registers|search)/);
  await dpo.step("sees numbers of the exchange, and no case", async () => {
    await dpo.press('.ostia-navigation a[href="/oversight"]');
    if ((await dpo.page.locator("tbody .govuk-tag--red").count()) !== 1) throw new Error("one rule was broken badly");
    if ((await dpo.text("main")).includes(facts.number)) throw new Error("a case can be told");
  });
  await dpo.leave();
  await applicant.step("reads the same path on their own page", async () => {
    await applicant.open(`/my/${facts.id}/timeline`);
    await applicant.need(".other-event__due", "a day that matters");
  });
  await check(applicant, walk);
  await applicant.leave();
}
