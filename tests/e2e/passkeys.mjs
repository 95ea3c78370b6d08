// passkeys.mjs - an applicant and an officer get a passkey and come in with it, through the browser's own WebAuthn
// and an authenticator made of software (Chromium's WebAuthn domain); what was signed elsewhere or before is refused.
import { createServer } from "node:http";
import { Person } from "./person.mjs";
import { makeAccount, signInStaff } from "./story.mjs";

// A telephone asks for the finger; a plain key only for a touch.
const TELEPHONE = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
  automaticPresenceSimulation: true };
const PLAIN_KEY = { protocol: "ctap2", transport: "usb", hasResidentKey: false, hasUserVerification: false,
  automaticPresenceSimulation: true };

async function plugIn(person, kind) {
  await person.network.send("WebAuthn.enable");
  return (await person.network.send("WebAuthn.addVirtualAuthenticator", { options: kind })).authenticatorId;
}
const pullOut = (person, authenticatorId) => person.network.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });

async function addPasskey(person, label) {
  await person.step(`${label}: goes to add a passkey`, async () => {
    await person.open("/account");
    await person.press('a[href="/account/passkey"]');
    await person.need("form[data-passkey=create]");
    if (await person.page.isVisible("[data-passkey-failed]")) throw new Error("the page says that it failed before it was tried");
  });
  await person.step(`${label}: the authenticator makes it`, async () => {
    await person.fill({ label });
    await person.submit("form[data-passkey=create]");
    await person.at(/^\/account$/);
    await person.need('form[action="/account/passkey/remove"]', "the passkey");
    if (!(await person.text("main")).includes(label)) throw new Error("its name is not shown");
  });
}

const signOut = (person) => person.step("signs out", () => person.press('form[action="/sign-out"] button'));

// What the page sent when the browser came in, as a form for somebody who tries it again.
async function comeIn(person, home) {
  let sent = "";
  const keep = (request) => {
    if (request.method() === "POST" && request.url().endsWith("/sign-in/passkey")) sent = request.postData();
  };
  person.page.on("request", keep);
  await person.step("comes in with the passkey alone", async () => {
    await person.open("/sign-in");
    await person.press('a[href^="/sign-in/passkey"]');
    await person.submit("form[data-passkey=get]");
    await person.at(home);
  });
  person.page.off("request", keep);
  return Object.fromEntries(new URLSearchParams(sent));
}

const OVER = "took too long", WRONG = "This passkey did not work";

// Sends a form of the sign-in page with the page's own token; must be refused for this reason, and nobody is signed in.
async function refused(person, what, reason, fields) {
  await person.step(`is refused: ${what}`, async () => {
    await person.open("/sign-in/passkey");
    const offer = await person.page.evaluate(() => {
      const { csrf, ceremony } = document.querySelector("form[data-passkey]").elements;
      return { csrf: csrf.value, ceremony: ceremony.value };
    });
    const answered = await person.context.request.post("/sign-in/passkey", {
      form: { ...offer, ...(await fields(offer)) }, maxRedirects: 0, headers: { Origin: person.walk.server.url },
    });
    if (answered.status() !== 422) throw new Error(`answered ${answered.status()}, not 422`);
    const said = (await answered.text()).split("govuk-error-summary__list")[1]?.split("</ul>")[0] || "";
    if (!said.includes(reason)) throw new Error(`the page says: ${said}`);
    const home = await person.context.request.get("/account", { maxRedirects: 0 });
    if (home.status() !== 401) throw new Error(`/account answers ${home.status()}`);
  });
}

// The same authenticator and the same domain, but another port: another origin, which the browser writes and signs.
async function signElsewhere(person, challenge) {
  const elsewhere = createServer((_, answer) => answer.setHeader("Content-Type", "text/html").end("<title>Elsewhere</title>"));
  await new Promise((done) => elsewhere.listen(0, "127.0.0.1", done));
  const usual = person.page.url();
  try {
    await person.page.goto(`http://localhost:${elsewhere.address().port}/`);
    return await person.page.evaluate(async (text) => {
      const raw = (t) => Uint8Array.from(atob(t.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
      const coded = (b) => btoa(String.fromCharCode(...new Uint8Array(b))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
      const got = await navigator.credentials.get({ publicKey: { challenge: raw(text), rpId: "localhost", userVerification: "required" } });
      const response = {};
      for (const name of ["clientDataJSON", "authenticatorData", "signature", "userHandle"]) response[name] = coded(got.response[name]);
      return JSON.stringify({ id: got.id, rawId: coded(got.rawId), type: got.type, clientExtensionResults: {}, response });
    }, challenge);
  } finally {
    await person.page.goto(usual);
    elsewhere.close();
  }
}

async function applicant(walk) {
  const facts = {};
  const maryam = await Person.come(walk, "applicant with a passkey", { viewport: { width: 360, height: 800 } });
  await plugIn(maryam, TELEPHONE);
  await makeAccount(maryam, facts);
  await addPasskey(maryam, "My telephone");
  await maryam.step("the same telephone again: the browser says no", async () => {
    await maryam.open("/account/passkey");
    await maryam.page.click("form[data-passkey=create] button[type=submit]");
    await maryam.page.waitForSelector("[data-passkey-failed]", { state: "visible" });
  });
  await signOut(maryam);
  const used = await comeIn(maryam, /^\/home$/);
  await signOut(maryam);
  await refused(maryam, "what was sent before, once more", OVER, () => ({ ceremony: used.ceremony, credential: used.credential }));
  await refused(maryam, "an old answer to a new question", WRONG, () => ({ credential: used.credential }));
  await refused(maryam, "signed for another site", WRONG, async ({ ceremony }) => ({ credential: await signElsewhere(maryam, ceremony) }));
  await comeIn(maryam, /^\/home$/);   // and the passkey still works
  await maryam.leave();
}

async function officer(walk) {
  const anna = await signInStaff(walk, "officer", /^\/work/);
  const telephone = await plugIn(anna, TELEPHONE);
  await addPasskey(anna, "Office telephone");
  await signOut(anna);
  await comeIn(anna, /^\/work/);
  await pullOut(anna, telephone);
  const key = await plugIn(anna, PLAIN_KEY);
  await addPasskey(anna, "Key without a PIN");
  await signOut(anna);
  await anna.step("a key without a PIN is too little alone", async () => {
    await anna.open("/sign-in/passkey");
    await anna.page.click("form[data-passkey=get] button[type=submit]");
    await anna.page.waitForSelector("[data-passkey-failed]", { state: "visible" });
  });
  await anna.step("it is enough after the password", async () => {
    const card = walk.server.cards.officer;
    await anna.open("/sign-in");
    await anna.fill({ name: card.email, password: card.password });
    await anna.submit();
    await anna.at(/^\/sign-in\/code$/);
    await anna.press('a[href^="/sign-in/passkey"]');
    await anna.submit("form[data-passkey=get]");
    await anna.at(/^\/work/);
  });
  await anna.step("removes a passkey", async () => {
    await anna.open("/account");
    const before = await anna.page.locator('form[action="/account/passkey/remove"]').count();
    await anna.press('form[action="/account/passkey/remove"] button');
    const after = await anna.page.locator('form[action="/account/passkey/remove"]').count();
    if (before !== 2 || after !== 1) throw new Error(`${before} passkeys before, ${after} after`);
  });
  await pullOut(anna, key);
  await anna.leave();
}

export async function passkeys(walk) {
  await applicant(walk);
  await officer(walk);
}
