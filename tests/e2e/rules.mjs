// rules.mjs - a policy officer takes a table, changes a row, and tries it on the caseload.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./harness.mjs";
import { signInStaff } from "./story.mjs";

const TABLE = join(ROOT, "packs/eu-asylum/decisions/suggest_track.dmn");

// A country more in the list of safe countries of origin.
function changedTable(walk) {
  const text = readFileSync(TABLE, "utf8").replace('"BGD", "COL"', '"BGD", "SYR", "COL"');
  const path = join(walk.server.data, "suggest_track.dmn");
  writeFileSync(path, text);
  return path;
}

function brokenTable(walk) {
  const path = join(walk.server.data, "priority.dmn");
  writeFileSync(path, readFileSync(TABLE, "utf8").replace("applicant.nationality", "applicant..nationality"));
  return path;
}

export async function untilDone(person) {
  for (let i = 0; i < 60 && (await person.has("progress")); i++) {
    await new Promise((done) => setTimeout(done, 250));
    await person.page.reload({ waitUntil: "load" });
  }
  await person.need(".ostia-numbers", "the result");
}

async function choose(person, file, decision = "suggest_track") {
  await person.open("/rules");
  await person.fill({ decision, moment: "today" });
  if (file) await person.page.setInputFiles("#file", file);
  await person.submit('main form[action="/rules"]');
}

export async function rules(walk) {
  const boss = await signInStaff(walk, "supervisor", /^\/(work|team)/);
  boss.bytesMax = 250_000;   // the picture of a whole procedure, for a desk
  await boss.step("sees where cases wait", async () => {
    await boss.press('nav a[href="/policy/throughput"]');
    await boss.need("main td", "numbers");
    const picture = await boss.page.locator(".ostia-diagram img").first().getAttribute("src");
    const drawn = await boss.context.request.get(picture);
    if (!drawn.ok() || !(await drawn.text()).startsWith("<svg")) throw new Error(`no picture at ${picture}: ${drawn.status()}`);
  });
  await boss.step("takes the event log", async () => {
    const log = await boss.context.request.get(await boss.page.locator("a[download]").getAttribute("href"));
    if (!(await log.text()).includes("<trace>")) throw new Error(`no trace in it: ${log.status()}`);
  });
  await boss.step("asks about a time that ends before it begins", async () => {
    await boss.open("/policy/throughput?from=2026-03-31&to=2026-01-01");
    await boss.need('.govuk-error-summary a[href="#from"]', "a mistake of the question");
  });
  boss.bytesMax = 100_000;
  await boss.step("finds the page to try rules", () => boss.press('nav a[href="/rules"]'));
  await boss.step("takes the table in force", async () => {
    const answer = await boss.context.request.get("/rules/files/suggest_track.dmn");
    if ((await answer.text()) !== readFileSync(TABLE, "utf8")) throw new Error("it is not the table of the pack");
  });
  await boss.step("tries without a file", async () => {
    await choose(boss, null);
    await boss.need(".govuk-error-summary", "a list of mistakes");
  });
  await boss.step("tries a table with a slip of the pen", async () => {
    await choose(boss, brokenTable(walk), "priority");
    await boss.need('.govuk-error-summary a[href="#file"]', "a mistake of the file");
  });
  await boss.step("tries a table as it is in force", async () => {
    await choose(boss, TABLE);
    await boss.need('.govuk-error-summary a[href="#file"]', "a mistake of the file");
  });
  await boss.step("tries a step on the way, which the page does not offer", async () => {
    await boss.open("/rules");
    await boss.fill({ decision: "suggest_track" });
    await boss.page.setInputFiles("#file", changedTable(walk));
    await boss.page.evaluate(() => {
      for (const field of document.querySelectorAll('[name="decision"]'))
        (field.options ? field.options[field.selectedIndex] : field).value = "track_facts";
    });
    await boss.submit('main form[action="/rules"]');
    await boss.need('.govuk-error-summary a[href="#decision"]', "a mistake of the question");
  });
  await boss.step("tries the changed table", async () => {
    await choose(boss, changedTable(walk));
    await boss.at(/^\/rules\/\d+$/);
    await untilDone(boss);
  });
  await boss.step("reads who would be affected", async () => {
    const numbers = await boss.texts(".ostia-numbers__number");
    if (!/[1-9١-٩۱-۹]/.test(numbers[0])) throw new Error(`nobody is affected: ${numbers}`);
    await boss.need('a[href*="/cases/"]', "cases to look at");
  });
  await boss.step("looks at one of the cases both ways", async () => {
    await boss.press('main a[href*="/cases/"]');
    await boss.need(".govuk-tag--yellow", "a step that differs");
  });
  await boss.step("opens its file, where the look has left a trace", async () => {
    await boss.press('main a[href^="/cases/"]');
    await boss.at(/^\/cases\/\d+$/);
  });
  await boss.step("finds the run in the list", async () => {
    await boss.open("/rules");
    await boss.need('main table a[href^="/rules/"]', "the run");
  });
  await boss.leave();
  const officer = await signInStaff(walk, "officer", /^\/work/);
  await officer.step("is refused, having no such power", async () => {
    const answer = await officer.open("/rules");
    if (answer.status() !== 403) throw new Error(`answered with ${answer.status()}`);
    officer.errors = []; // the browser names the refusal an error
  });
  await officer.leave();
}
