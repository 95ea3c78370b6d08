// search.mjs - one window: people and numbers are searched, a false hit is remembered, two people say who is who
// and take it back.
import { Person } from "./person.mjs";
import { signInStaff } from "./story.mjs";

async function ask(person, typed) {
  await person.open("/search/window");
  await person.fill({ q: typed });
  await person.submit('main form[action="/search/window"]');
}

const someNumbers = async (person) => {
  await person.open("/work?view=all");
  const text = await person.page.locator("main").innerText();
  const numbers = [...new Set(text.match(/OST-\d{4}-[A-Z]+-\d+-\w/g))];
  if (numbers.length < 4) throw new Error(`only ${numbers.length} numbers on ${person.path()}`);
  return numbers;
};

async function decide(person, act, reason) {
  await person.page.fill("#reason", reason);
  await person.press(`main button[value="${act}"]`);
}

export async function search(walk) {
  const boss = await signInStaff(walk, "supervisor", /^\/(work|team)/);
  let numbers, name;
  await boss.step("finds the window", async () => {
    numbers = await someNumbers(boss);
    await boss.press('nav a[href="/search/window"]');
    await boss.need("#q", "the window");
  });
  await boss.step("asks for nothing", async () => {
    await boss.submit('main form[action="/search/window"]');
    await boss.need('.govuk-error-summary a[href="#q"]', "a mistake");
  });
  await boss.step("finds a case by its number", async () => {
    await ask(boss, numbers[0]);
    await boss.need(".search-verdict--hit", "a hit");
    name = await boss.text(".search-card h3");
  });
  await boss.step("finds a person by name", async () => {
    await ask(boss, name);
    await boss.need(".search-verdict--hit", "a hit");
    await boss.need(".search-card details", "why it is shown");
  });
  await boss.step("reads the lines of a passport of nobody here", async () => {
    await ask(boss, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10");
    await boss.need(".search-verdict--none", "no hit");
  });
  await boss.step("clears a false hit", async () => {
    await ask(boss, name);
    await boss.press('.search-card a[href^="/search/release"]');
    await boss.submit('main form[action="/search/release"]');
    await boss.need('.govuk-error-summary a[href="#reason"]', "a reason is wanted");
    await boss.fill({ reason: "Another place of birth." });
    await boss.submit('main form[action="/search/release"]');
  });
  await boss.step("sees who cleared it and why", async () => {
    await ask(boss, name);
    await boss.need(".search-card--cleared", "the hit, cleared");
    if (!(await boss.text(".search-card--cleared")).includes("Another place of birth.")) throw new Error("the reason is not shown");
  });
  const records = [];
  await boss.step("proposes that records are one person", async () => {
    for (const number of numbers.slice(0, 4)) {
      await ask(boss, number);
      const href = await boss.page.locator('.search-card a[href^="/search/release"]').first().getAttribute("href");
      records.push(new URL(href, "http://x").searchParams.get("record"));
    }
    const [a, b, c, d] = records;
    for (const [left, right] of [[a, b], [c, d], [a, c]]) {   // the third joins the persons that the others began
      await boss.open(`/search/pair?left=${left}&right=${right}&purpose=supervision`);
      await decide(boss, "same", "The same photo in both files.");
      await boss.at(/^\/search\/same$/);
    }
  });
  await boss.step("cannot confirm it alone", async () => {
    await boss.press('main li:last-child > a[href^="/search/proposal/"]');
    if (await boss.has('main button[value="confirm"]')) throw new Error("the same person could confirm");
  });

  const officer = await signInStaff(walk, "officer", /^\/work/);
  await officer.step("reads the proposal of the colleague", async () => {
    await officer.open("/search/same");
    await officer.press('main li:last-child > a[href^="/search/proposal/"]');
    await officer.need('main button[value="confirm"]', "a way to confirm");
  });
  await officer.step("confirms that the two persons are one", () => decide(officer, "confirm", "I compared both files."));

  let person;
  const files = ".search-card a[href^='/cases/']";
  await boss.step("sees one person with both records", async () => {
    await ask(boss, numbers[0]);
    await boss.press('.search-card a[href^="/search/person/"]');
    person = boss.path();
    if ((await boss.page.locator(files).count()) !== 2) throw new Error("not both records");
  });
  await boss.step("proposes to take them apart again", async () => {
    await boss.press('main a[href^="/search/undo?other="]');
    await boss.fill({ reason: "Two sisters." });
    await boss.submit('main form[action="/search/undo"]');
  });
  await officer.step("confirms that too", async () => {
    await officer.open("/search/same");
    await officer.press('main li:last-child > a[href^="/search/proposal/"]');
    await decide(officer, "confirm", "Yes, two sisters.");
  });
  await boss.step("sees the person as before", async () => {
    await boss.open(person);
    if ((await boss.page.locator(files).count()) !== 1) throw new Error("it was not taken apart");
  });
  await boss.step("says that two are not the same, which is remembered", async () => {
    const pair = `/search/pair?left=${records[1]}&right=${records[2]}&purpose=supervision`;
    await boss.open(pair);
    await decide(boss, "clear", "Different fathers.");
    await boss.open(pair);
    await boss.need(".govuk-inset-text", "who said so");
  });
  await officer.leave();
  await boss.leave();
}
