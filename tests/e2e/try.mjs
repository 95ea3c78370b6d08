// try.mjs - a policy officer walks a case that does not exist through the law: with script and without.
import { signInStaff } from "./story.mjs";

const WALK = "refugee";

export async function tryLaw(walk) {
  const boss = await signInStaff(walk, "supervisor", /^\/(work|team)/);
  await boss.step("opens the page to try a law", async () => {
    await boss.open("/policy/try");
    await boss.need("#walk", "example cases");
  });
  await boss.step("names a day that is none", async () => {
    await boss.fill({ starts: "tomorrow" });
    await boss.submit('main form[method="post"]');
    await boss.need('.govuk-error-summary a[href="#starts"]', "a mistake of the day");
  });
  await boss.step("begins with the answers of an example", async () => {
    await boss.open("/policy/try");
    await boss.fill({ walk: WALK, language: "uk", starts: "2027-01-15" });
    await boss.submit('main form[method="post"]');
    await boss.at(/^\/policy\/try\/\d+$/);
  });
  const page = boss.path();
  await boss.step("looks at the answers", () => boss.press('main a[href$="/answers"]'));
  await boss.step("changes one", async () => {
    await boss.press('main a[href$="/answers/names"]');
    await boss.fill({ given_names: "سارا" });
    await boss.press('main form button[value="save"]:not([tabindex="-1"])');
    await boss.at(/\/answers$/);
  });
  await boss.step("submits it", async () => {
    await boss.open(page);
    await boss.press('main a[href$="/do/submit_application"]');
    await boss.submit("main form");
    await boss.need('main a[href*="/letters/"]', "a letter");
  });
  await boss.step("registers it as somebody who may not", async () => {
    await boss.press('main a[href*="/task/"]');
    await boss.fill({ as: "interpreter" });
    await boss.submit("main form");
    await boss.need(".govuk-error-summary", "a refusal");
  });
  await boss.step("registers it as who usually does", async () => {
    await boss.fill({ as: "" });
    await boss.submit("main form");
    await boss.at(/^\/policy\/try\/\d+$/);
  });
  await boss.step("lets the clock go on to the next date", () => boss.submit(`main form[action="${page}/go"]`));
  await boss.step("lets a month go by", async () => {
    await boss.fill({ period: "P1M" });
    await boss.submit('main form:has([name="period"])');
  });
  await boss.step("sees where the case is", async () => {
    await boss.open(`${page}/diagram`);
    await boss.need('main [aria-current="step"]', "the step where it is");
  });
  await boss.step("takes the last step back", async () => {
    await boss.open(page);
    await boss.submit(`main form[action="${page}/back"]`);
  });
  await boss.step("walks again in another language", async () => {
    await boss.fill({ language: "fa" });
    await boss.submit(`main form[action="${page}/language"]`);
  });
  await boss.step("reads the letter", async () => {
    await boss.press('main a[href*="/letters/"]');
    await boss.need('main [lang="fa"]', "words in the other language");
  });
  await boss.step("keeps it as a walk", async () => {
    const kept = await (await boss.context.request.get(`${page}/walk.json`)).json();
    if (kept.language !== "fa" && kept.language !== "uk") throw new Error(`it is in ${kept.language}`);
    if (kept.steps.length < 2 || !kept.open) throw new Error(JSON.stringify(kept));
  });
  await boss.step("ends the trial, of which nothing is left", async () => {
    await boss.open(page);
    await boss.submit(`main form[action="${page}/end"]`);
    await boss.at(/^\/policy\/try$/);
    await boss.open(page);
    await boss.at(/^\/policy\/try$/);
  });
  await boss.leave();
  const officer = await signInStaff(walk, "officer", /^\/work/);
  await officer.step("is refused, having no such power", async () => {
    const answer = await officer.open("/policy/try");
    if (answer.status() !== 403) throw new Error(`answered with ${answer.status()}`);
    officer.errors = []; // the browser names the refusal an error
  });
  await officer.leave();
}
