// federation.mjs - three authorities in three browsers' sessions: an application here; a place to stay there; another state is asked to take
// charge, says nothing, and has accepted so; the transfer. Months pass by a clock that all servers read (tests/federation).
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, program } from "./harness.mjs";
import { Person } from "./person.mjs";

const DAY_MS = 86_400_000, CLOCK_MS = 1500;   // the file with the offset is read once a second
const PATIENCE = 150, PAUSE_MS = 200;         // what is told arrives in less than a second; a busy machine takes longer

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

// What run.mjs takes for a server: here it is four of them.
export class Federation {
  static async start(world, walk) {
    const f = new Federation();
    f.folder = join(world.dir, walk.name);
    mkdirSync(f.folder);
    const description = join(f.folder, "description");
    f.log = "";
    f.child = spawn("python3", ["-B", join(ROOT, "tests/federation/run.py"), program(), "--port", "0", "--folder", f.folder, "--describe", description],
      { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    for (const out of [f.child.stdout, f.child.stderr]) out.on("data", (d) => { f.log += d; });
    f.ended = new Promise((done) => f.child.once("exit", (code, signal) => done(signal || code)));
    for (let i = 0; i < 600 && !existsSync(description); i++) {
      if (f.child.exitCode !== null) throw new Error(`the federation did not start:\n${f.log}`);
      await pause(100);
    }
    Object.assign(f, JSON.parse(readFileSync(description, "utf8")));
    f.days = 0;
    f.url = f.authorities.asylum.url;
    return f;
  }
  get members() {
    return Object.entries(this.authorities).filter(([, a]) => a.code).map(([name]) => name);
  }
  // Tomorrow, in so many days, for all of them.
  async pass(days) {
    this.days += days;
    writeFileSync(`${this.clock}.new`, `+${this.days}d\n`);
    renameSync(`${this.clock}.new`, this.clock);
    await pause(CLOCK_MS);
  }
  now() {
    return Date.now() + this.days * DAY_MS;
  }
  today(ahead = 0) {
    return new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Brussels" }).format(new Date(this.now() + ahead * DAY_MS));
  }
  lastWords() {
    return this.log.slice(-4000);
  }
  complaint(words) {
    const said = Object.values(this.authorities).map((a) => {
      try {
        execFileSync(program(), [...words, "--data", a.data], { cwd: ROOT, stdio: "pipe" });
        return "";
      } catch (error) {
        return `${error.stdout}${error.stderr}` || String(error);
      }
    });
    return said.join("");
  }
  async stop() {
    this.child.kill("SIGTERM");
    return this.ended;
  }
}

// Somebody of an authority: pages, and the same acts by a token where the page of an act is walked elsewhere.
class Staff {
  static async come(walk, authority, card) {
    const s = new Staff();
    const there = walk.server.authorities[authority];
    Object.assign(s, { federation: walk.server, url: there.url, card: there.cards[card] });
    s.person = await Person.come({ ...walk, server: there, now: () => walk.server.now() }, `${authority}: ${card}`);
    s.tokens = {};
    return s;
  }
  async signIn() {
    const [email, password, secret] = this.card;
    this.tokens = {};
    await this.person.context.clearCookies();
    await this.person.signIn({ email, password, secret });
  }
  async token(purpose) {
    if (this.tokens[purpose]) return this.tokens[purpose];
    await this.person.open("/account/tokens");
    await this.person.fill({ purpose });
    await this.person.submit('form[action="/account/tokens"]');
    return (this.tokens[purpose] = await this.person.text("#token"));
  }
  async call(method, path, json, purpose = "asylum_examination") {
    const answer = await fetch(this.url + path, { method, body: json && JSON.stringify(json), headers: { Authorization: `Bearer ${await this.token(purpose)}`,
      "Content-Type": "application/json", "Idempotency-Key": randomUUID() } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text.slice(0, 600)}`);
    return JSON.parse(text);
  }
  act(id, name, json, purpose) {
    return this.call("POST", `/api/cases/${id}/${name}`, json, purpose);
  }
  file(id) {
    return this.call("GET", `/api/cases/${id}`);
  }
  // The open task of that element, when it has come so far.
  async task(id, element, answers) {
    const found = await this.until(`the task ${element}`, async () => (await this.file(id)).tasks.find((t) => t.element === element && !t.done));
    return this.act(id, "complete_task", { task: found.task, answers });
  }
  async until(what, look) {
    for (let i = 0; i < PATIENCE; i++) {
      const found = await look();
      if (found) return found;
      await pause(PAUSE_MS);
    }
    throw new Error(`${what} did not come`);
  }
  // The timeline shows that another authority (or we) told this.
  async sees(id, what) {
    await this.until(`"${what}"`, async () => {
      this.person.bytes = 0;   // of one look
      await this.person.open(`/cases/${id}/timeline`);
      return (await this.person.texts(".case-timeline__item--other")).some((t) => t.includes(what));
    });
  }
}

async function invite(staff, id, ground, member) {
  const { person } = staff;
  await person.step(`opens the page of the authorities, for ${ground}`, async () => {
    await person.open(`/cases/${id}/authorities`);
    await person.press(`a[href="/cases/${id}/authorities/new"]`);
    await person.fill({ ground });
    await person.submit(`form[action="/cases/${id}/authorities/new"]`);
    await person.need(`[name=members][value="${member}"]`, "the authority");
  });
  await person.step(`invites authority ${member}`, async () => {
    await person.fill({ members: [String(member)] });
    await person.submit(`form[action="/cases/${id}/authorities/new"]`);
    await person.at(/\/authorities$/);
  });
}

// A wrong link: this is about another case of ours.
async function correct(staff, id, right) {
  const { person } = staff;
  await person.step("sees that it is the wrong person", async () => {
    await staff.until("the other authority", async () => {
      await person.open(`/cases/${id}/authorities`);
      return (await person.text(".case-card")).includes("Takes part");
    });
    await person.press(`a[href^="/cases/${id}/authorities/correct"]`);
  });
  await person.step("says whose it is", async () => {
    await person.fill({ whose: "other", case_no: right });
    await person.submit(`form[action="/cases/${id}/authorities/correct"]`);
    await person.at(/\/authorities$/);
  });
}

// Finds no case of its own, and opens one with what the invitation says.
async function join_in(staff, procedure, values) {
  const { person } = staff;
  let id;
  await person.step("finds the invitation", async () => {
    await staff.until("the invitation", async () => {
      await person.open("/invitations");
      return person.has(".search-card a");
    });
  });
  await person.step("reads what it says", () => person.press(".search-card a"));
  await person.step("opens a case with it", async () => {
    await person.press(`a[href^="/open/${procedure}?"]`);
    await person.fill({ language: "en", ...values });
    await person.press('main form button[name=do][value=send]:not([tabindex="-1"])');
    await person.need('main a[href^="/cases/"]', "the new case");
    [id] = (await person.page.locator('main a[href^="/cases/"]').first().getAttribute("href")).match(/\d+/);
  });
  return id;
}

const SOMEBODY = { family_name: "Beispiel", given_names: "Amira", family_name_latin: "Beispiel", given_names_latin: "Amira", birth_date: "1987-02-11" };
const REASONS = { legal_basis: "Reg. (EU) 2024/1351 Art. 42", suggestion_view: "none",
  facts: "The applicant entered with a visa of the other state, which was asked to take charge and did not answer in time.",
  evidence: "The copy of the visa in the passport, and the entry of the visa information system that confirms it in full.",
  assessment: "Silence is acceptance by Article 40. Nothing that the applicant said in the interview speaks against a transfer." };

export async function federation(walk, show = async () => {}) {
  const f = walk.server;
  const application = JSON.parse(readFileSync(join(ROOT, "packs/eu-asylum/walks/refugee.json"), "utf8")).answers;
  const office = await Staff.come(walk, "asylum", "officer"), reception = await Staff.come(walk, "reception", "officer"),
    abroad = await Staff.come(walk, "abroad", "officer"), second = await Staff.come(walk, "asylum", "second");
  for (const s of [office, reception, abroad, second]) await s.person.step("signs in", () => s.signIn());

  // ---- an application here; two authorities are invited
  const id = (await office.call("POST", "/api/cases/opened", { procedure: "eu-asylum", language: "en", answers: application })).case_id;
  await office.act(id, "assign_case", { officer: (await office.call("GET", "/api/me")).account }, "supervision");
  // By mistake reception is invited from the file of somebody else.
  const wrong = (await office.call("POST", "/api/cases/opened", { procedure: "eu-asylum", language: "en", answers: { ...application, ...SOMEBODY } })).case_id;
  await office.act(wrong, "assign_case", { officer: (await office.call("GET", "/api/me")).account }, "supervision");
  await invite(office, wrong, "reception", 20);
  await invite(office, id, "take_charge", 30);
  const HELP = { languages: "fas", people: "1", special_needs_told: "no" };
  const mistaken = await join_in(reception, "eu-reception", HELP);
  await correct(office, wrong, (await office.file(id)).head.case_no);
  await reception.person.step("is told of the mistake", () => reception.sees(mistaken, "An earlier message was corrected"));
  const place = await join_in(reception, "eu-reception", HELP);
  await show("federation-invitation", abroad, "/invitations");
  const request = await join_in(abroad, "eu-takeover", { asking_state: "BEL", request: "take_charge", basis: "other_evidence", detained: "no", "received_on": day(f.today()) });
  await office.person.step("sees who takes part", async () => {
    await office.until("both", async () => {
      await office.person.open(`/cases/${id}/authorities`);
      return (await office.person.texts(".case-card")).filter((t) => t.includes("Open") && t.includes("Takes part")).length === 2;
    });
  });
  await show("federation-authorities", office, `/cases/${id}/authorities`);

  // ---- registered here; a place to stay, told here
  await office.act(id, "register_application", { made_on: f.today(), made_at_place: "Harbour police", identity_checked: true }, "registration");
  await reception.task(place, "allocate_place", { place: "House at the quay", address: "Harbour Road 1", from: f.today(), needs_met: "none" });
  await reception.task(place, "record_arrival", { result: "arrived", on: f.today() });
  await office.person.step("sees that the person has a place, and came", () => office.sees(id, "Place to stay given"));

  // ---- the other state is asked
  await office.act(id, "check_completeness", { is_complete: true });
  await reception.person.step("sees that the application is complete", () => reception.sees(place, "Asylum application lodged"));
  await office.act(id, "choose_track", { track: "responsibility", reason: "The file shows a visa of another state." });
  await office.task(id, "open_responsibility", { law: "ammr", note: "There is a visa." });
  const talk = new Date(f.now() + 2500).toISOString().slice(0, 19) + "Z";
  const { made } = await office.act(id, "book_interview", { starts: talk, minutes: 30, place: "Room 4", language: "fas" });
  await pause(3500);
  await office.act(id, "hold_interview", { appointment: made, was_held: true, record: "Asked about the visa and about family.", present: "Officer" });
  await office.act(id, "read_back_interview", { is_confirmed: true });
  await office.task(id, "assess_criteria", { criterion: "visa", request: "take_charge", state: "DEU", basis: "other_evidence", detained: "no",
    in_best_interests: "no_child", evidence: "Copy of the visa." });
  await office.task(id, "send_take_charge", { reference: "DE-0001", sent_on: f.today() });
  await abroad.person.step("sees the request, and what silence means", async () => {
    await abroad.sees(request, "Request to take charge sent");
    if (!(await abroad.person.text(".case-timeline")).includes("No answer by then counts as yes.")) throw new Error("silence is not explained");
  });
  await show("federation-request", abroad, `/cases/${request}/timeline`);
  await office.person.step("sees that it arrived", () => office.sees(id, "Request to take charge has arrived"));

  // ---- nobody answers
  await f.pass(40);
  for (const s of [office, abroad, second]) await s.person.step("signs in 40 days later", () => s.signIn());
  await office.person.step("sees that silence counts as yes", () => office.sees(id, "Taking charge accepted by silence"));
  await abroad.person.step("sees it too", () => abroad.sees(request, "Taking charge accepted by silence"));
  await show("federation-silence", office, `/cases/${id}/timeline`);

  // ---- decided, notified, final; planned and done
  await office.act(id, "propose_decision", { outcome: "transfer", ...REASONS });
  const { decisions } = await office.file(id);
  await second.act(id, "sign_decision", { decision: decisions[0].decision });
  const letter = await office.until("the letter", async () => (await office.file(id)).letters.find((l) => l.kind.startsWith("decision")));
  await office.act(id, "record_notification", { letter: letter.letter, on: f.today(), how: "handed_over" });
  await abroad.person.step("sees the decision", () => abroad.sees(request, "Transfer decided"));
  await f.pass(20);
  for (const s of [office, abroad]) await s.person.step("signs in after the time to appeal", () => s.signIn());
  await office.task(id, "prepare_transfer", { on: f.today(), place: "Airport, gate 4", travel_document: "laissez_passer", consent_health: "yes", note: "All is ready." });
  await office.task(id, "send_transfer_data", { sent_on: f.today(), health_sent: "yes" });
  await abroad.task(request, "prepare_arrival", { place_ready: "yes", needs_met: "none" });
  await office.task(id, "carry_out_transfer", { result: "arrived", on: f.today(), note: "Handed over at the gate." });
  await abroad.task(request, "confirm_arrival", { result: "arrived", on: f.today() });
  await abroad.person.step("sees that the transfer is done", () => abroad.sees(request, "Transfer done"));
  await show("federation-transfer", abroad, `/cases/${request}/timeline`);

  // ---- years later: the links to the person are erased everywhere
  await f.pass(6 * 366);
  forget(f);
  for (const s of [office, abroad]) {
    await s.person.step("signs in years later", () => s.signIn());
    await s.person.step("finds no other authority in the case any more", async () => {
      await s.person.open(`/cases/${s === office ? id : request}/authorities`);
      if (await s.person.has(".case-card")) throw new Error("a link is left");
    });
  }
  await show("federation-forgotten", office, `/cases/${id}/authorities`);
  await office.until("all receipts", async () => f.members.every((name) => hasAllReceipts(f, name)));
  for (const s of [office, reception, abroad, second]) await s.person.leave();
}

// What each server does at night.
function forget(f) {
  for (const name of f.members) {
    const { data } = f.authorities[name];
    ostia("privacy", "operator", "keeper", "--may", "keep,audit", "--to", join(f.folder, `${name}.keeper`), "--data", data);
    ostia("privacy", "delete", "--as", join(f.folder, `${name}.keeper`), "--data", data);
  }
}
// All others have said, signed, that they erased their part.
function hasAllReceipts(f, name) {
  return /^0 receipts are missing/m.test(ostia("privacy", "receipts", "--as", join(f.folder, `${name}.keeper`), "--data", f.authorities[name].data));
}
function ostia(...words) {
  try {
    return execFileSync(program(), words, { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    throw new Error(`ostia ${words.join(" ")}: ${error.stdout}${error.stderr}`);
  }
}

function day(text) {
  const [year, month, d] = text.split("-");
  return { year, month, day: d };
}
