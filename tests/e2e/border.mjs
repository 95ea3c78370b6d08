// border.mjs - a guard with a handheld: a zone is read, one glance, entry by two keys, exit, a refusal with its form; a carrier's
// list with a fault is read; the second line compares hits feature by feature, and what it found is remembered.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Person } from "./person.mjs";

const digit = (text) => String([...text].reduce((sum, c, i) => {
  const value = c === "<" ? 0 : c >= "A" ? c.charCodeAt(0) - 55 : Number(c);
  return sum + value * [7, 3, 1][i % 3];
}, 0) % 10);

// A passport by ICAO 9303-4, of nobody.
function zone({ family, given, number, birth, expiry, state = "BRA", sex = "F" }) {
  const name = `P<${state}${family}<<${given}`.padEnd(44, "<");
  const no = number.padEnd(9, "<");
  const rest = [no, digit(no), state, birth, digit(birth), sex, expiry, digit(expiry), "<".repeat(14), "<"];
  const all = no + digit(no) + birth + digit(birth) + expiry + digit(expiry) + "<".repeat(14) + "<";
  return `${name}\n${rest.join("")}${digit(all)}`;
}
const ROSA = { family: "SAMPLE", given: "ROSA", number: "FX1234567", birth: "900501", expiry: "360101" };

const day = (add) => new Date(Date.now() + add * 86400000).toISOString().slice(2, 10).replaceAll("-", "");
const list = (number = "FX1234567") => `UNA:+.? 'UNB+UNOA:4+OSTRAIR+BORDER+${day(0)}:0900+R1'UNH+M1+PAXLST:D:12B:UN:IATA'BGM+745'TDT+20+OA77+++OA'`
  + `LOC+125+GRU'DTM+189:${day(1)}0100:201'LOC+87+BRU'DTM+232:${day(1)}1400:201'NAD+FL+++SAMPLE:ROSA'ATT+2++F'DTM+329:900501'`
  + `NAT+2+BRA'DOC+P:110:111+${number}'NAD+FM+++PILOT:PAT'CNT+42:2'UNT+17+M1'UNZ+1+R1'`;

async function sendList(person, walk, number) {
  await person.open("/border/lists");
  const path = join(walk.server.data, "list.edi");
  writeFileSync(path, `\u0001QD BRUXXXX\r\n.OSTRAIR 211137\r\n${list(number)}\r\n\u0003`);
  await person.page.setInputFiles("#file", path);
  await person.press('main form[action="/border/lists"] button[type=submit]');
  await person.at(/^\/border\/lists\/\d+$/);
}

async function look(guard, text) {
  await guard.page.fill("#zone", text);
  await guard.press('main form[action="/border"] button[type=submit]');
}

// Two people on alerts: Rosa travels with the number of the one at the counter, and with the other's on a list.
async function secondLine(walk) {
  const officer = await Person.come(walk, "border_second_line", { viewport: { width: 320, height: 640 } });
  let numbers = [];
  await officer.step("signs in", async () => {
    await officer.signIn(walk.server.cards.border_second_line);
    await officer.at(/^\/registers/);
  });
  await officer.step("reads the alerts", async () => {
    await officer.open("/registers/alert?purpose=border_check");
    numbers = [...new Set((await officer.text(".register-table")).match(/\b[A-Z]{2}\d{6}\b/g))];
    if (numbers.length < 2) throw new Error(`only ${numbers}`);
  });
  const rosa = () => zone({ ...ROSA, number: numbers[0] });
  await officer.step("sees a hit at the counter", async () => {
    await officer.open("/border");
    await officer.fill({ point: "BEBRU" });
    await look(officer, rosa());
    await officer.need(".border-answer--look", "that something must be looked at");
  });
  await officer.step("compares feature by feature", async () => {
    await officer.press('form[action="/border/compare"] button[name=entry]');
    await officer.need(".border-compare__row--for", "the number, which agrees");
    const wide = await officer.page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > 320) throw new Error(`${wide} pixels wide`);
  });
  await officer.step("says no without a reason", async () => {
    await officer.press("main button[value=not_same]");
    await officer.need('.govuk-error-summary a[href="#reason"]', "that a reason is missing");
  });
  await officer.step("says that it is not the same person", async () => {
    await officer.fill({ reason: "The passport of the alert is another one: its holder is a man of sixty." });
    await officer.press("main button[value=not_same]");
    await officer.need(".border-answer--clear", "that nothing stops her any more");
  });
  await officer.step("is not stopped by it again", async () => {
    await officer.open("/border");
    await look(officer, rosa());
    await officer.need(".border-answer--clear", "that it is remembered");
  });
  await officer.step("reads a list with a hit", async () => {
    await sendList(officer, walk, numbers[1]);
    await officer.press(".border-candidate a[href*='/compare?']");
    await officer.need(".border-compare__row--for", "the number, which agrees");
  });
  await officer.step("says that it is the same person", async () => {
    await officer.fill({ reason: "Number, face and birth date agree." });
    await officer.press("main button[value=same]");
    await officer.at(/^\/border\/lists\/\d+$/);
    if (!(await officer.text(".border-candidate")).includes("face")) throw new Error("the decision is not there");
  });
  await officer.step("checks a document", async () => {
    await officer.open("/border");
    await officer.press('main a[href="/documents/check"]');
    await officer.fill({ lines: zone(ROSA) });
    await officer.submit('main form[action="/documents/check"]');
    await officer.need("#verdict", "a verdict");
  });
  await officer.step("looks closer at a stay that seems too long", async () => {
    await officer.open("/border/overstays");
    await officer.press('main form[action="/border/overstays"] button[type=submit]');
    await officer.need("[name=evidence]", "what proves an exit");
  });
  await officer.step("says that they left, without proof", async () => {
    await officer.submit('main form[action="/border/overstays"]');
    await officer.need(".govuk-error-summary", "what is missing");
  });
  await officer.step("records the exit that is proved", async () => {
    const day = new Date(Date.now() - 60 * 86400000);
    await officer.fill({ left_on: { day: day.getUTCDate(), month: day.getUTCMonth() + 1, year: day.getUTCFullYear() },
      evidence: "Stamp of the next state, seen in the passport." });
    await officer.submit('main form[action="/border/overstays"]');
    await officer.need(".govuk-notification-banner", `that it is recorded${await officer.mistakes()}`);
  });
  await officer.leave();
}

export async function border(walk) {
  const guard = await Person.come(walk, "border_guard", { viewport: { width: 320, height: 640 } });
  await guard.step("signs in", async () => {
    await guard.signIn(walk.server.cards.border_guard);
    await guard.at(/^\/registers/);
  });
  await guard.step("goes to the border check", () => guard.press('.ostia-navigation a[href="/border"]'));
  await guard.step("scans what is no zone", async () => {
    await guard.fill({ point: "BEBRU" });
    await look(guard, "hello");
    await guard.need('.govuk-error-summary a[href="#zone"]', "what is wrong with the zone");
  });
  await guard.step("scans a passport and sees all in one glance", async () => {
    await guard.open("/border"); // the crossing point was kept
    await look(guard, zone(ROSA));
    if (!(await guard.text(".border-answer")).includes("SAMPLE ROSA")) throw new Error("who is not said");
    await guard.need(".border-answer--clear", "that nothing speaks against it");
    if ((await guard.texts(".border-fact")).length !== 4) throw new Error("four facts are wanted");
    const wide = await guard.page.evaluate(() => document.documentElement.scrollWidth);
    if (wide > 320) throw new Error(`${wide} pixels wide`);
  });
  await guard.step("records the entry with two keys", async () => {
    await guard.page.keyboard.press("Tab");
    await Promise.all([guard.page.waitForEvent("load"), guard.page.keyboard.press("Enter")]);
    await guard.at(/^\/border$/);
    await guard.need(".govuk-notification-banner", "that it is recorded");
  });
  await guard.step("finds that the exit comes next", async () => {
    await look(guard, zone(ROSA));
    if ((await guard.texts(".border-crossings li")).length !== 1) throw new Error("one crossing is wanted");
    if ((await guard.page.locator(".border-acts button").first().getAttribute("value")) !== "exit") throw new Error("the exit is not first");
    await guard.press(".border-acts button[value=exit]");
    await guard.need(".govuk-notification-banner", "that it is recorded");
  });
  await guard.step("sees a wrong check digit and an expired passport", async () => {
    await look(guard, zone({ ...ROSA, number: "FX7654321", expiry: "200101" }));
    await guard.need(".border-answer--look", "that something must be looked at");
  });
  await guard.step("refuses without a reason", async () => {
    await guard.page.locator("#reason summary").click();
    for (const box of await guard.page.locator("[name=reason_code]:checked").all()) await box.uncheck();
    await guard.press("button[value=refusal]");
    await guard.need('.govuk-error-summary a[href="#reason"]', "that a reason is missing");
  });
  await guard.step("refuses for a reason and has the form", async () => {
    await guard.page.locator("[name=reason_code]").first().check();
    await guard.press("button[value=refusal]");
    if ((await guard.texts("main ul li")).length !== 1) throw new Error("one reason is wanted on the form");
  });
  await guard.step("sees who stayed too long", () => guard.open("/border/overstays"));
  await guard.step("reads a list with a fault", async () => {
    await sendList(guard, walk);
    if (!(await guard.text("main ul")).includes("UNT")) throw new Error("the wrong count is not told");
  });
  await guard.step("finds it among the arrivals", async () => {
    await guard.open("/border/lists");
    if (!(await guard.text(".border-crossings")).includes("OA77")) throw new Error("the list is not there");
  });
  await guard.leave();
  await secondLine(walk);
}
