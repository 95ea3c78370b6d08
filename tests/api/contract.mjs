// The contract of the API, both ways: every path, method and status of the description is provoked, and every answer
// must be one that the description knows, valid by its schema (JSON Schema 2020-12).
import { randomUUID } from "node:crypto";
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createRequire } from "node:module";
import { join, resolve as absolute } from "node:path";
import { freePort } from "../local.mjs";
import { GATE, securityServer } from "./security_server.mjs";
import { Person, ROOT, Server, ostia, run } from "./server.mjs";

const Ajv = createRequire(join(ROOT, "package.json"))("ajv/dist/2020");

// What no test can bring about: each with its reason.
const OUT_OF_REACH = [
  [/retry_step post 200/, "no step of a demonstration fails; tests/cases/a_step_that_fails_waits.c"],
  [/ 503$/, "needs a full disk or a full queue"],
  [/invitations\/{invitation} post 200$/, "needs a letter of another authority; tests/exchange/a_case_is_shared_by_invitation.c"],
  [/\/letter get 409$/, "needs a pack whose letter cannot be composed"],
];

const HAND = absolute(process.argv[4]);
const server = new Server();
server.loadPermit();
// Behind a security server of X-Road, where the authority on the other side is this one again.
const road = await securityServer(() => `${server.url}/xroad`);
const roadFile = join(server.dir, "xroad.json");
writeFileSync(join(server.dir, "gate"), GATE);
writeFileSync(roadFile, JSON.stringify({ server: road.url, client: "EE/GOV/1/permits", gate_file: join(server.dir, "gate"), timeout_ms: 10000,
  members: [{ code: 1, client: "EE/GOV/1/permits", service: "EE/GOV/1/permits/ostia", acts_as: "town-hall" }] }));
// And the same once more as a source over HTTP, with a token.
server.port = await freePort();
const townHall = server.client("town-hall", "municipality", "residence"), here = `http://127.0.0.1:${server.port}`;
writeFileSync(join(server.dir, "secret"), townHall.secret);
const sourceFile = join(server.dir, "sources.json");
writeFileSync(sourceFile, JSON.stringify({ sources: [{ name: "Permit office", code: 2, url: `${here}/api/window`, lookups: `${here}/api/lookups`, purpose: "residence",
  ground: "R1030:1", timeout_ms: 10000, token_url: `${here}/api/token`, client: "town-hall", secret_file: join(server.dir, "secret") }] }));
// A case about which other authorities said something.
appendFileSync(join(server.data, "ostia.conf"), `privacy ${server.dir}/privacy\nauthority-code 22\n`);
ostia("privacy", "init", "--data", server.data);
const spokenOf = Number(execFileSync(HAND, [server.data, "0"], { encoding: "utf8", cwd: ROOT }));
await server.start("--xroad", roadFile, "--sources", sourceFile);
const spec = (await server.get("/api/openapi.json")).json;
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(spec, "spec");
const seen = new Set();

function resolve(o) {
  return o?.$ref ? o.$ref.slice(2).split("/").reduce((at, part) => at[part], spec) : o;
}

// The answer must be described. Answers it.
function check(method, template, a) {
  const operation = spec.paths[template]?.[method];
  if (!operation) throw new Error(`${template} has no ${method} in the description`);
  const what = `${template} ${method} ${a.status}`;
  const response = resolve(operation.responses[a.status]);
  if (!response) throw new Error(`${what} is not described: ${a.bytes.toString("utf8").slice(0, 600)}`);
  seen.add(what);
  if (!response.content) {
    if (a.bytes.length) throw new Error(`${what} must be empty: ${a.bytes}`);
    return a;
  }
  const described = response.content[a.media] ?? response.content["*/*"];
  if (!described) throw new Error(`${what}: media type ${a.media} is not described`);
  if (described.schema && Object.keys(described.schema).length) {
    const schema = described.schema.$ref ? { $ref: `spec${described.schema.$ref}` } : described.schema;
    if (!ajv.validate(schema, a.json)) throw new Error(`${what}: ${ajv.errorsText()}\n${a.bytes.toString("utf8").slice(0, 800)}`);
  }
  return a;
}

const fill = (template, ids) => template.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? ({ decision: "plausibility" })[name] ?? 999999);
const bodyOf = (operation) => operation.requestBody && Object.entries(operation.requestBody.content)[0];
const ZONE = readFileSync(join(ROOT, "tests/api/zone.png")); // a specimen of Utopia
const PDF = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");

// The examples of the description are good requests.
function exampleOf(operation) {
  const [type, { schema }] = bodyOf(operation);
  if (type === "application/octet-stream") return { body: PDF, type };
  const value = Object.fromEntries(Object.entries(schema.properties).map(([k, v]) => [k, v.examples?.[0]]));
  return type === "application/json" ? { json: value } : { body: new URLSearchParams(value).toString(), type };
}

async function call(method, template, { ids = {}, query = "", ...options } = {}) {
  const operation = spec.paths[template][method];
  if (operation.parameters.some((p) => p.name === "Idempotency-Key") && options.key === undefined) options.key = randomUUID();
  return check(method, template, await server.request(method.toUpperCase(), fill(template, ids) + query, options));
}
// Lookups of one address share a limit: who is told to wait does.
async function expect(status, method, template, options) {
  let a = await call(method, template, options);
  for (let i = 0; a.status === 429 && status !== 429 && i < 10; i++) {
    await new Promise((done) => setTimeout(done, 1000 * Number(a.headers.get("retry-after") || 1)));
    a = await call(method, template, options);
  }
  if (a.status !== status) throw new Error(`${method} ${template}: ${a.status} instead of ${status}: ${a.bytes.toString("utf8").slice(0, 500)}`);
  return a;
}
const every = Object.entries(spec.paths).flatMap(([template, methods]) => Object.entries(methods).map(([method, operation]) => ({ template, method, operation })));
const LETTER = "/api/cases/{case}/decisions/{proposal}/letter";
const COMMAND = (name) => `/api/cases/{case}/${name}`;
const isCommand = (template) => /^\/api\/cases\/\{case\}\/[a-z_]+$/.test(template) && spec.paths[template].post && !/documents$|authorities$/.test(template);

// ---- who acts

const clients = {
  counter: server.client("counter", "registrar,officer,supervisor,operator", "registration,supervision,technical,asylum_examination"),
  legal: server.client("legal-aid", "representative", "own_file,technical"),
  air: server.client("ostia-air", "carrier", "border_check"),
  town: townHall,
  dpo: server.client("dpo", "data_protection_officer", "data_protection"),
  keeper: server.client("keeper", "register_keeper", "register_keeping"),
  post: server.client("border-post", "border_guard", "border_check"),
};
const token = {
  counter: await server.token(clients.counter, "registration"),
  examiner: await server.token(clients.counter, "asylum_examination"),
  boss: await server.token(clients.counter, "supervision"),
  technical: await server.token(clients.counter, "technical"),
  legal: await server.token(clients.legal, "own_file"),
  air: await server.token(clients.air, "border_check"),
  town: await server.token(clients.town, "residence"),
  dpo: await server.token(clients.dpo, "data_protection"),
  keeper: await server.token(clients.keeper, "register_keeping"),
  post: await server.token(clients.post, "border_check"),
  legalTechnical: await server.token(clients.legal, "technical"),
};
const officer = await new Person(server).signIn(server.people.officer);
const second = await new Person(server).signIn(server.people.second);
token.officer = await officer.token("asylum_examination");
token.second = await second.token("asylum_examination");
token.operator = await (await new Person(server).invited("operator@demo.example", "operator")).token("technical");
token.chief = await (await new Person(server).signIn(server.people.supervisor)).token("supervision");
const me = {};

const application = exampleOf(spec.paths["/api/applications"].post);
const soon = new Date(Date.now() + 3 * 86400000).toISOString().slice(0, 19) + "Z";
const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Brussels" }).format(new Date());

// An application that a client acting for a person has made: its own case.
async function lodged(by = token.legal) {
  return (await expect(201, "post", "/api/applications", { token: by, ...application })).json.case_id;
}
const act = (status, who, name, id, json, more = {}) => expect(status, "post", COMMAND(name), { token: token[who], ids: { case: id }, json, ...more });
const file = async (who, id) => (await expect(200, "get", "/api/cases/{case}", { token: token[who], ids: { case: id } })).json;

const kept = {}; // things of the story that later tests ask for

// ---- the story, told by programs and people together

async function an_application_goes_from_draft_to_appeal() {
  me.officer = (await expect(200, "get", "/api/me", { token: token.officer })).json.account;
  const draft = (await expect(201, "post", "/api/cases", { token: token.legal, ...exampleOf(spec.paths["/api/cases"].post) })).json.case_id;
  await act(200, "legal", "save_answers", draft, { section: "needs", answers: { urgent_help: "no" } });
  const added = (await expect(201, "post", "/api/cases/{case}/documents", { token: token.legal, ids: { case: draft }, query: "?kind=passport&title=pass.pdf", body: PDF, type: "application/octet-stream" })).json.made;
  await act(200, "legal", "remove_document", draft, { document: added });
  for (const [section, answers] of Object.entries(bySection(application.json.answers))) await act(200, "legal", "save_answers", draft, { section, answers });
  await act(200, "legal", "submit_application", draft, { notice_version: "1" });
  const former = exampleOf(spec.paths["/api/cases/carried"].post);
  const carried = (await expect(201, "post", "/api/cases/carried", { token: token.counter, ...former })).json.case_id;
  if ((await file("officer", carried)).numbers[0].number !== former.json.number) throw new Error("the former number is not in the file");
  await expect(422, "post", "/api/cases/carried", { token: token.counter, ...former });
  await expect(403, "post", "/api/cases/carried", { token: token.legal, ...former });
  const id = kept.case = draft;
  kept.document = (await expect(201, "post", "/api/cases/{case}/documents", { token: token.legal, ids: { case: id }, query: "?kind=passport&title=pass.pdf", body: PDF, type: "application/octet-stream" })).json.made;
  await act(200, "counter", "register_application", id, { made_on: today, made_at_place: "Harbour police", identity_checked: true, overrides: [] });
  await act(200, "boss", "assign_case", id, { officer: me.officer, reason: "knows the harbour" });
  await act(200, "officer", "add_note", id, { body: "A note" });
  await act(200, "officer", "add_file_number", id, { number: "SE 2019/4711", origin: "SWE" });
  await act(200, "officer", "send_message", id, { body: "Please come." });
  const message = (await file("legal", id)).messages.at(-1).message;
  await act(200, "legal", "read_message", id, { message });
  await act(200, "legal", "report_error", id, { what: "My birth year", correction: "1990" });
  const report = (await file("officer", id)).errors[0].report;
  await act(200, "officer", "answer_error", id, { report, corrected: false, answer: "The passport says so." });
  const all = (await act(200, "legal", "ask_right", id, { right: "access", words: "All that you have." })).json.made;
  await act(200, "officer", "answer_right", id, { request: all, answer: "It lies in your account." });
  if ((await file("legal", id)).rights[0].state !== "answered") throw new Error("the answer is not in the file");
  await act(200, "counter", "receive_letter", id, { body: "We have moved.", received_on: today, received_by: "post", paper: kept.document });
  await act(200, "officer", "record_step", id, { step: "eurodac_sent", on: today });
  await act(200, "officer", "choose_track", id, { track: "accelerated", reason: "Art. 42 applies to what was told." });
  await act(200, "officer", "choose_track", id, { track: "regular", reason: "It does not, after all." });
  await act(200, "legal", "choose_channel", id, { channel: "paper" });
  await act(200, "officer", "set_channel", id, { channel: "online", reason: "Asked at the counter." });
  await act(200, "officer", "check_completeness", id, { is_complete: true });
  const first = (await act(200, "officer", "book_interview", id, { starts: soon, minutes: 60, place: "Room 3", interpreter: "I.", language: "fas" })).json.made;
  await act(200, "officer", "cancel_interview", id, { appointment: first, reason: "The interpreter is ill." });
  const again = (await act(200, "officer", "book_interview", id, { starts: soon, minutes: 60, place: "Room 3", interpreter: "I.", language: "fas" })).json.made;
  await act(200, "officer", "hold_interview", id, { appointment: again, was_held: true, record: "What was said.", present: "Applicant, interpreter" });
  await act(200, "officer", "read_back_interview", id, { is_confirmed: true });
  const clock = (await file("officer", id)).clocks.find((c) => c.can_suspend && c.state === "running");
  if (clock) {
    await act(200, "officer", "suspend_deadline", id, { clock: clock.clock, reason: "In hospital." });
    await act(200, "officer", "resume_deadline", id, { clock: clock.clock });
  }
  const longer = (await file("officer", id)).clocks.find((c) => c.can_extend && c.state === "running");
  if (longer) await extended(id, longer);
  const long = "The applicant worked at the harbour for six years and described the strike in detail, with dates that agree.";
  const reasons = { facts: long, evidence: long, assessment: long, legal_basis: "Art. 4", suggestion_view: "followed" };
  const proposed = (await act(200, "officer", "propose_decision", id, { outcome: "rejected", ...reasons })).json.made;
  await act(200, "second", "return_decision", id, { decision: proposed, reason: "Look again." });
  const anew = (await act(200, "officer", "propose_decision", id, { outcome: "rejected", ...reasons })).json.made;
  const seenBefore = (await expect(200, "get", LETTER, { token: token.second, ids: { case: id, proposal: anew } })).json.items;
  if (!seenBefore.some((line) => line.text.includes(long))) throw new Error("the reasons are not in the letter that would be sent");
  await expect(404, "get", LETTER, { token: token.second, ids: { case: id, proposal: proposed } }); // it was returned
  await expect(404, "get", LETTER, { token: token.legal, ids: { case: id, proposal: anew } }); // not before it is signed
  await act(200, "second", "sign_decision", id, { decision: anew });
  await expect(404, "get", LETTER, { token: token.second, ids: { case: id, proposal: anew } });
  kept.letter = (await file("legal", id)).letters.find((l) => l.kind.startsWith("decision"))?.letter;
  if (!kept.letter) throw new Error("no letter of the decision");
  await act(200, "legal", "open_letter", id, { letter: kept.letter });
  await act(200, "legal", "lodge_appeal", id, { grounds: "It is wrong.", asks_to_stay: true });
  await act(200, "officer", "record_appeal_outcome", id, { outcome: "dismissed", reasons: "The court found so.", court_number: "A 12/2026" });
  const paper = kept.paper = await lodged(token.counter);
  const receipt = (await file("counter", paper)).letters[0].letter;
  await act(200, "counter", "record_notification", paper, { letter: receipt, on: today, how: "handed_over" });
  const asked = kept.asked = await lodged();
  const request = (await act(200, "counter", "request_document", asked, { kind: "passport", explanation: "Every page." })).json.made;
  await act(200, "legal", "answer_request", asked, { request });
  await act(200, "legal", "withdraw_application", asked, { reason: "I go home." });
}

// What any pack asks for by its process alone is done by programs too.
async function another_procedure_is_walked() {
  const known = (await expect(200, "get", "/api/procedures")).json.items;
  if (known.map((p) => p.id).join() !== "eu-asylum,permit") throw new Error(`procedures: ${JSON.stringify(known)}`);
  const answers = { family_name: "Sample", given_names: "Rosa", birth_date: "1992-03-04", nationalities: ["PRT"], work: "I mend nets.", has_boat: "no" };
  const id = (await expect(201, "post", "/api/applications", { token: token.legal, json: { procedure: "permit", language: "en", answers } })).json.case_id;
  const OPENED = "/api/cases/opened";
  await expect(201, "post", OPENED, { token: token.counter, ...exampleOf(spec.paths[OPENED].post) });
  await expect(422, "post", OPENED, { token: token.counter, json: { procedure: "nowhere", language: "en", answers } });
  await expect(422, "post", "/api/applications", { token: token.legal, json: { procedure: "nowhere", language: "en", answers } });
  await act(200, "boss", "assign_case", id, { officer: me.officer });
  if (!(await expect(200, "get", "/api/cases", { token: token.officer, query: "?procedure=permit" })).json.items.some((row) => row.case_id === id))
    throw new Error("the list by procedure does not have it");
  const open = async (who, element) => (await file(who, id)).tasks.find((t) => t.element === element && !t.done);
  const papers = await open("officer", "check_papers");
  if (!papers.may_do || papers.command !== "complete_task") throw new Error(`the officer may not do it: ${JSON.stringify(papers)}`);
  const form = (await expect(200, "get", "/api/cases/{case}/forms/{form}", { token: token.officer, ids: { case: id, form: papers.form } })).json;
  if (form.texts[form.schema.components[0].label] !== "Are the papers in order?") throw new Error("the form has no words");
  await act(422, "officer", "complete_task", id, { task: papers.task, answers: { result: "perhaps" } });
  await act(200, "officer", "complete_task", id, { task: papers.task, answers: { result: "yes" } });
  const told = (await expect(200, "get", "/api/cases/{case}/tasks/{task}/answers", { token: token.officer, ids: { case: id, task: papers.task } })).json;
  if (told.answers.result !== "yes") throw new Error("what was answered is not told");
  const quay = await open("officer", "choose_quay");
  await act(200, "officer", "complete_task", id, { task: quay.task, answers: { quay: "North 3", metres: 12, from: "2026-12-01" } });
  const photo = (await expect(201, "post", "/api/cases/{case}/documents", { token: token.legal, ids: { case: id }, query: "?kind=photo&title=me.pdf", body: PDF, type: "application/octet-stream" })).json.made;
  const own = await open("legal", "bring_photo");
  if (!own.is_for_person || !own.may_do) throw new Error("it is not the person's step");
  await act(200, "legal", "complete_task", id, { task: own.task, answers: { photo: [String(photo)], jobs: [{ employer: "Nets and Sons" }] } });
  const awaited = (await file("officer", id)).awaited;
  if (awaited[0]?.name !== "card_produced") throw new Error(`awaited: ${JSON.stringify(awaited)}`);
  await act(200, "officer", "deliver_message", id, { name: "card_produced", answers: { card: "H-1207" } });
  if (!(await open("officer", "propose_decision"))) throw new Error("the case did not go on");
}

// One set of addresses for every register of the packs in force.
async function a_register_is_kept() {
  const ENTRIES = "/api/registers/{register}/entries", ENTRY = `${ENTRIES}/{entry}`;
  const ids = { register: "berth" };
  const known = (await expect(200, "get", "/api/registers", { token: token.officer })).json.items;
  if (!known.find((r) => r.id === "berth")?.may_record) throw new Error(`registers: ${JSON.stringify(known.map((r) => r.id))}`);
  const form = (await expect(200, "get", "/api/registers/{register}", { token: token.officer, ids })).json;
  if (form.texts[form.schema.components[0].label] !== "Number of the berth") throw new Error("the form has no words");
  const key = randomUUID(), berth = exampleOf(spec.paths[ENTRIES].post);
  const made = (await expect(201, "post", ENTRIES, { token: token.officer, ids, key, ...berth })).json;
  ids.entry = made.entry;
  const again = (await expect(201, "post", ENTRIES, { token: token.officer, ids, key, ...berth })).json;
  if (again.entry !== made.entry) throw new Error("it was recorded twice");
  const taken = (await expect(409, "post", ENTRIES, { token: token.officer, ids, ...berth })).json;
  if (taken.errors[0].rule !== "key_taken" || !taken.detail.includes(made.reference)) throw new Error(JSON.stringify(taken));
  const wrong = (await expect(422, "post", ENTRIES, { token: token.officer, ids, json: { answers: { ...berth.json.answers, berth_no: "twelve" } } })).json;
  if (wrong.errors[0].pointer !== "/answers/berth_no") throw new Error(JSON.stringify(wrong.errors));
  const found = (await expect(200, "get", ENTRIES, { token: token.officer, ids, query: "?q=Heron" })).json.items;
  if (found.length !== 1 || found[0].answers.boat !== "Heron") throw new Error(JSON.stringify(found));
  await expect(422, "get", ENTRIES, { token: token.officer, ids, query: "?after=nonsense" });
  const change = (status, what, json, who = "officer") => expect(status, "post", `${ENTRY}/${what}`, { token: token[who], ids, json });
  const at = async (query) => (await expect(200, "get", ENTRY, { token: token.officer, ids, query })).json;
  const before = await at("?history=true");
  const reason = "It was measured again.";
  await change(200, "correct", { answers: { ...berth.json.answers, boat: "Grey Heron" }, reason, seen: before.entry.version });
  await change(409, "correct", { answers: { ...berth.json.answers, boat: "Blue Heron" }, reason, seen: before.entry.version });
  const both = await at("?history=true");
  if (both.entry.answers.boat !== "Grey Heron" || both.versions.length !== 2) throw new Error(JSON.stringify(both));
  const then = await at(`?known=${encodeURIComponent(both.versions[1].known)}`);
  if (then.entry.answers.boat !== "Heron") throw new Error(`as it was known: ${JSON.stringify(then.entry)}`);
  if ((await at("?day=2019-05-01")).holds) throw new Error("it held before it was true");
  await expect(422, "get", ENTRY, { token: token.officer, ids, query: "?day=2019-05" });
  ids.fault = (await change(201, "faults", { reason })).json.fault;
  const answer = { token: token.officer, ids, json: { reason, outcome: "corrected" } };
  await expect(200, "post", `${ENTRY}/faults/{fault}/answer`, answer);
  await expect(422, "post", `${ENTRY}/faults/{fault}/answer`, answer);
  if ((await at("")).faults[0].state !== "answered") throw new Error("the report is not answered");
  await change(200, "review", { reason, from: "2031-01-01" });
  const end = (await change(200, "end", { reason })).json;
  if (!end.is_waiting) throw new Error("an end takes two");
  await change(409, "end", { reason });
  await change(200, "refuse", { reason }, "chief");
  await change(409, "refuse", { reason }, "chief");
  await change(200, "end", { reason });
  await change(403, "confirm", { reason }); // not by who asked
  await change(200, "confirm", {}, "chief");
  await change(409, "confirm", {}, "chief");
  await change(200, "erase", { reason }, "chief");
  await change(409, "erase", { reason }, "chief");
  await change(409, "review", { reason, from: "2031-01-01" });
  await change(409, "faults", { reason });
}

// A carrier is told what is wrong with its list; who stands at the border sees whom it names.
async function carriers_hand_in_their_lists() {
  const LISTS = "/api/carrier-lists", LIST = `${LISTS}/{list}`, key = randomUUID();
  const day = today.slice(2).replaceAll("-", ""), type = "application/octet-stream";
  const telegram = (count) => `QD BRUXXXX\r\n.OSTRAIR ${day}\r\nUNB+UNOA:4+OSTRAIR+BORDER+${day}:0900+R1'UNH+M1+PAXLST:D:12B:UN:IATA'BGM+745'`
    + `TDT+20+OA77+++OA'LOC+125+GRU'DTM+189:${day}0100:201'LOC+87+BRU'DTM+232:${day}2350:201'NAD+FL+++SAMPLE:ROSA'ATT+2++F'DTM+329:900501'`
    + `NAT+2+BRA'DOC+P:110:111+FX1234567'CNT+42:1'UNT+${count}+M1'UNZ+1+R1'`;
  const send = (status, body, more = {}) => expect(status, "post", LISTS, { token: token.air, body: Buffer.from(body), type, ...more });
  const good = (await send(201, telegram(14), { key })).json;
  if (good.status !== "accepted" || good.lists[0].number !== "OA77" || good.lists[0].people !== 1) throw new Error(JSON.stringify(good));
  const again = await send(201, telegram(14), { key });
  if (again.json.lists[0].id !== good.lists[0].id || again.headers.get("idempotency-replayed") !== "true") throw new Error("it was kept twice");
  await send(422, telegram(15), { key }); // the key of another list
  const bad = (await send(201, telegram(15))).json, fault = bad.lists[0].faults[0];
  if (bad.status !== "refused" || fault.segment !== "UNT" || fault.value !== "15" || fault.expected !== "14" || !fault.message.includes("14"))
    throw new Error(JSON.stringify(bad));
  await send(422, "Dear colleagues, the list is attached.");
  await expect(403, "post", LISTS, { token: token.officer, body: Buffer.from(telegram(14)), type });
  await expect(403, "get", LISTS, { token: token.air });
  await expect(403, "get", LIST, { token: token.air, ids: { list: good.lists[0].id } });
  const arrivals = (await expect(200, "get", LISTS, { token: token.post, query: `?from=${today}` })).json.lists;
  if (arrivals.length !== 2 || arrivals[0].matched !== 1) throw new Error(JSON.stringify(arrivals));
  await expect(422, "get", LISTS, { token: token.post, query: "?from=2026-11" });
  const one = (await expect(200, "get", LIST, { token: token.post, ids: { list: good.lists[0].id } })).json;
  if (one.people[0].family !== "SAMPLE" || one.people[0].hits.length) throw new Error(JSON.stringify(one));
  await expect(404, "get", LIST, { token: token.post, ids: { list: 999999 } });
}

// A file that may be put right, and what leaves the register.
async function a_file_comes_in_and_rows_leave() {
  const ROOM = "/api/registers/{register}", FILES = `${ROOM}/imports`, ONE = `${FILES}/{import}`;
  const ids = { register: "berth" }, type = "application/octet-stream";
  const bring = async (status, body, query = "?name=berths.csv&authority=Harbour%20master") => (await expect(status, "post", FILES, { token: token.officer, ids, query, body, type })).json;
  const until = async (state) => {
    for (let i = 0; i < 200; i++) {
      const v = (await expect(200, "get", ONE, { token: token.officer, ids })).json;
      if (v.state === state) return v;
      await new Promise((done) => setTimeout(done, 25));
    }
    throw new Error(`the file is never ${state}`);
  };
  const rows = "berth_no,boat,quay,family_name\nE-1,Tern,east,Miller\nE-2,Gull,nowhere,Okafor\n";
  await bring(422, rows, "?replaces=true");
  ids.import = (await bring(202, rows)).import;
  const failed = await until("failed");
  if (failed.rows !== 2 || failed.wrong !== 1 || !failed.has_errors) throw new Error(JSON.stringify(failed));
  const errors = (await expect(200, "get", `${ONE}/errors`, { token: token.officer, ids })).bytes.toString("utf8");
  const wrong = errors.split("\r\n")[2].split(",");
  if (wrong[0] !== "3" || wrong[1] !== "quay" || !wrong[3]) throw new Error(`the file of mistakes says ${errors}`);
  await expect(409, "post", `${ONE}/undo`, { token: token.officer, ids, json: { reason: "It was the wrong one." } });
  await expect(200, "post", `${ONE}/drop`, { token: token.officer, ids, json: { reason: "It has mistakes." } });
  await expect(409, "post", `${ONE}/drop`, { token: token.officer, ids, json: { reason: "It has mistakes." } });
  const right = errors.replace("nowhere", "east");
  ids.import = (await bring(202, right)).import;
  if ((await until("done")).done !== 2) throw new Error("not all rows are recorded");
  if ((await bring(202, right)).import !== ids.import) throw new Error("the same file is another import");
  const known = (await expect(200, "get", FILES, { token: token.officer, ids })).json.items;
  if (known[0].import !== ids.import || known[0].state !== "done") throw new Error(JSON.stringify(known));

  const take = async (query) => (await expect(200, "get", `${ROOM}/export`, { token: token.officer, ids, query })).bytes.toString("utf8");
  const taken = await take("");
  if (!taken.startsWith("pseudonym,recorded,state,") || taken.includes("Miller")) throw new Error(taken);
  const lines = (await take("?format=jsonl&fields=quay")).trim().split("\n").map((l) => JSON.parse(l));
  if (lines.filter((l) => l.quay === "east").length !== 2 || lines.some((l) => Object.keys(l).length > 4)) throw new Error(JSON.stringify(lines));
  if ((await take("?from=2000-01-01&to=2000-12-31")).split("\r\n").length !== 2) throw new Error("rows of another time");
  await expect(422, "get", `${ROOM}/export`, { token: token.officer, ids, query: "?fields=family_name" });
  ids.statistic = "berths";
  const counted = (await expect(200, "get", `${ROOM}/statistics/{statistic}`, { token: token.officer, ids })).json;
  if (!counted.cells.some((c) => c.quay === "east" && c.fewer_than === 5)) throw new Error(JSON.stringify(counted));
  await expect(200, "post", `${ONE}/undo`, { token: token.officer, ids, json: { reason: "It was the wrong list." } });
}

const GROUNDS = ["complex", "complexity", "many_applications", "large_number", "other"];
async function extended(id, clock) {
  for (const ground of GROUNDS) {
    const a = await call("post", COMMAND("extend_deadline"), { token: token.officer, ids: { case: id }, json: { clock: clock.clock, ground, reason: "Needs more time." } });
    if (a.status === 200) return;
  }
}

// Which answers belong to which section is said by the form of the pack.
function bySection(answers) {
  const form = JSON.parse(readFileSync(join(ROOT, "packs/eu-asylum/forms/application.form"), "utf8"));
  const sections = {};
  const keys = (c) => [c.key, c.path, ...(c.components ?? []).flatMap(keys)].filter(Boolean);
  for (const group of form.components) {
    const name = group.properties?.section;
    if (!name) continue;
    const own = Object.fromEntries(keys(group).filter((k) => k in answers).map((k) => [k, answers[k]]));
    if (Object.keys(own).length) sections[name] = { ...sections[name], ...own };
  }
  return sections;
}

async function lists_and_files_are_read() {
  const list = (await expect(200, "get", "/api/cases", { token: token.officer, query: "?order=newest&limit=1" })).json;
  if (list.items.length !== 1 || !list.next) throw new Error("one case and a cursor were expected");
  const next = (await expect(200, "get", "/api/cases", { token: token.officer, query: `?order=newest&limit=1&after=${list.next}` })).json;
  if (next.items[0].case_id === list.items[0].case_id) throw new Error("the cursor stands still");
  await expect(400, "get", "/api/cases", { token: token.officer, query: "?after=nonsense!" });
  await expect(200, "get", "/api/search", { token: token.officer, query: "?q=Hosseini" });
  await expect(200, "get", "/api/own-cases", { token: token.legal });
  const known = (await expect(200, "post", "/api/window", { token: token.officer, json: { name: "Maryam Hosseini", birth: "1991-04" } })).json;
  if (!["hit", "no_hit"].includes(known.answer)) throw new Error(JSON.stringify(known));
  const written = (await expect(200, "post", "/api/names/transcribe", { token: token.legal, json: { names: ["Григорій"], language: "uk" } })).json.items[0];
  if (written.latin !== "Hryhorii" || written.standard !== "icao_9303") throw new Error(`Григорій is not ${written.latin}`);
  const wrong = (await expect(422, "post", "/api/names/transcribe", { token: token.legal, json: { names: ["Maryam", "123"] } })).json;
  if (!JSON.stringify(wrong).includes("/names/1")) throw new Error("the second name is the wrong one");
  await expect(200, "get", "/api/load", { token: token.boss });
  await expect(200, "get", "/api/staff", { token: token.officer });
  await expect(200, "get", "/api/packs", { token: token.technical });
  await expect(200, "get", "/api/cases/{case}/answers", { token: token.legal, ids: { case: kept.case } });
  await expect(200, "get", "/api/cases/{case}/suggestions/{decision}", { token: token.officer, ids: { case: kept.case } });
  const why = { token: token.officer, query: "?reason=The+court+asked+for+the+proof." };
  const told = (await expect(200, "get", "/api/cases/{case}/events", { ids: { case: spokenOf }, ...why })).json.events;
  if (!told.some((e) => e.state === "late") || !told.some((e) => e.mark === "reject")) throw new Error(JSON.stringify(told));
  for (const part of ["proof", "message"])
    await expect(200, "get", `/api/cases/{case}/events/{place}/${part}`, { ids: { case: spokenOf, place: told[0].event }, ...why });
  // Another state's unit is invited; then the link turns out to be wrong.
  const circle = "/api/cases/{case}/authorities", ours = { token: token.officer, ids: { case: kept.case } };
  if ((await expect(200, "get", circle, ours)).json.circles.length) throw new Error("nobody was invited yet");
  const invited = (await expect(200, "post", circle, { ...ours, ...exampleOf(spec.paths[circle].post) })).json.circles;
  if (invited[0].members.find((m) => m.authority === 11).state !== "waiting") throw new Error(JSON.stringify(invited));
  await expect(422, "post", circle, { ...ours, ...exampleOf(spec.paths[circle].post) });
  const fresh = (await expect(200, "post", `${circle}/correct`, { ...ours, json: { phase: invited[0].phase } })).json.circles;
  if (fresh.some((c) => c.phase === invited[0].phase)) throw new Error(JSON.stringify(fresh));
  await expect(200, "get", "/api/invitations", { token: token.officer });
  await expect(200, "get", "/api/letters/{letter}", { token: token.legal, ids: { letter: kept.letter } });
  const pdf = await expect(200, "get", "/api/documents/{document}", { token: token.officer, ids: { document: kept.document } });
  if (!pdf.bytes.equals(PDF)) throw new Error("the document came back changed");
  await expect(200, "get", "/api/documents/{document}/pages/{page}", { token: token.officer, ids: { document: kept.document, page: 1 } });
  const zone = (await expect(200, "post", "/api/travel-documents/zone", { token: token.officer, body: ZONE, type: "application/octet-stream" })).json;
  await expect(422, "post", "/api/travel-documents/zone", { token: token.officer, body: Buffer.from("no picture"), type: "application/octet-stream" });
  const checked = (await expect(200, "post", "/api/travel-documents/check", { token: token.officer, json: { lines: zone.lines } })).json;
  if (checked.number !== "L898902C3" || checked.result !== "plausible") throw new Error(JSON.stringify(checked));
  const view = (await expect(201, "post", "/api/views", { token: token.officer, ...exampleOf(spec.paths["/api/views"].post) })).json.made;
  await expect(200, "get", "/api/views", { token: token.officer });
  await expect(204, "delete", "/api/views/{view}", { token: token.officer, ids: { view } });
}

async function authorities_ask_once() {
  const answers = { permit_no: "PN-100", permit_reason: "work", permit_type: "work_other", permit_step: "first", length_class: "3-5", family_name: "Verbenko",
    given_names: "Olena", family_name_latin: "Verbenko", given_names_latin: "Olena", birth_date: "1990-05-17", sex: "2", nationality: "UKR",
    permit_status: "valid", valid_from: "2026-01-01", valid_until: "2028-12-31" };
  const entry = (await expect(201, "post", "/api/registers/{register}/entries", { token: token.keeper, ids: { register: "permit" }, json: { answers } })).json.entry;
  const soon = new Date(Date.now() + 9 * 86400000).toISOString().slice(0, 10);
  const json = { ...exampleOf(spec.paths["/api/lookups"].post).json, watch_until: soon };
  const told = (await expect(200, "post", "/api/lookups", { token: token.town, json })).json;
  if (told.answer !== "found" || told.values.permit_status !== "valid" || told.values.family_name) throw new Error(JSON.stringify(told));
  await expect(422, "post", "/api/lookups", { token: token.town, json: { ...json, ground: "GDPR:6" } });
  const changes = (await expect(200, "get", "/api/lookups/changes", { token: token.town })).json;
  if (changes.changes[0].entry !== entry) throw new Error(JSON.stringify(changes));
  // The same through X-Road, as client and as service.
  const far = (await expect(200, "post", "/api/authorities/{authority}/lookups", { token: token.town, ids: { authority: 1 }, json: { ...json, watch_until: undefined } })).json;
  if (far.answer !== "found" || far.values.permit_status !== "valid" || far.from !== "EE/GOV/1/permits") throw new Error(JSON.stringify(far));
  const call = road.calls.at(-1);
  if (call.path !== "/r1/EE/GOV/1/permits/ostia/lookups" || call.headers["x-road-issue"] !== json.issue) throw new Error(JSON.stringify(call));
  const near = (await expect(200, "post", "/api/authorities/{authority}/lookups", { token: token.town, ids: { authority: 2 }, json: { ...json, watch_until: undefined } })).json;
  if (near.answer !== "found" || near.values.permit_status !== "valid" || near.from !== "Permit office") throw new Error(JSON.stringify(near));
  const numbers = (await expect(200, "get", "/api/oversight", { token: token.dpo })).json;
  if (!numbers.marks.some((m) => m.mark === "reject") || !numbers.deadlines.some((d) => d.late > 0)) throw new Error(JSON.stringify(numbers));
  const notes = (await expect(200, "get", "/api/lookups/log", { token: token.dpo })).json.notes;
  const [found, answered, sent] = notes;
  if (found.class !== "found" || found.other !== 2 || answered.side !== "answered" || sent.class !== "sent") throw new Error(JSON.stringify(notes));
  const door = (headers) => server.request("POST", "/xroad/lookups", { json, headers });
  const known = { "X-Road-Client": "EE/GOV/1/permits", "X-Road-Id": "7", "X-Ostia-Gate": GATE };
  for (const [headers, status, type] of [[known, 200], [{ ...known, "X-Ostia-Gate": "guessed" }, 403, "Client.AccessDenied"],
    [{ ...known, "X-Road-Client": "EE/GOV/9/other" }, 403, "Client.AccessDenied"], [{ ...known, "X-Road-Client": "EE" }, 400, "Client.BadRequest"]]) {
    const a = await door(headers);
    if (a.status !== status || (type && a.json.type !== type)) throw new Error(`${a.status} instead of ${status}: ${a.bytes}`);
  }
  const twice = await new Promise((done, fail) => { // fetch would join them by a comma
    const headers = { ...known, "X-Road-Id": ["7", "8"], "Content-Type": "application/json" };
    request(`${server.url}/xroad/lookups`, { method: "POST", headers }, (a) => a.on("data", (bytes) => done(bytes.toString("utf8")))).on("error", fail).end("{}");
  });
  if (!twice.includes("X-Road-Id is there more than once")) throw new Error(twice);
  const openapi = (await server.get("/xroad/openapi.json")).json;
  if (openapi.openapi !== "3.0.0" || !openapi.paths["/lookups"].post || !openapi.paths["/parcels"].post) throw new Error(JSON.stringify(openapi));
}

async function anybody_may_ask_a_little() {
  const code = (await file("legal", kept.case)).letters[0].code;
  await expect(200, "get", "/api/letter-check", { query: `?code=${code}` });
  await expect(200, "get", "/api/letter-key");
  await expect(200, "get", "/api/openapi.json");
  const made = (await expect(201, "post", "/api/applications", { token: token.legal, ...application })).json;
  await expect(200, "post", "/api/track", { json: { code: made.code, birth_date: "1991-04" } });
  await expect(404, "post", "/api/track", { json: { code: made.code, birth_date: "1992" } });
}

async function tokens_are_given_and_end() {
  const c = clients.legal;
  const form = (fields) => ({ body: new URLSearchParams(fields).toString(), type: "application/x-www-form-urlencoded" });
  const given = (await expect(200, "post", "/api/token", form({ grant_type: "client_credentials", client_id: c.id, client_secret: c.secret, scope: "own_file" }))).json.access_token;
  const basic = { headers: { Authorization: `Basic ${Buffer.from(`${c.id}:${c.secret}`).toString("base64")}` } };
  await expect(400, "post", "/api/token", { ...form({ grant_type: "password" }), ...basic });
  await expect(400, "post", "/api/token", { ...form({ grant_type: "client_credentials", scope: "audit" }), ...basic });
  await expect(401, "post", "/api/token", form({ grant_type: "client_credentials", client_id: c.id, client_secret: "ocs_wrong" }));
  await expect(401, "post", "/api/token/revoke", form({ token: given, client_id: c.id, client_secret: "ocs_wrong" }));
  await expect(400, "post", "/api/token/revoke", { ...form({}), ...basic });
  await expect(200, "get", "/api/me", { token: given });
  await expect(200, "post", "/api/token/revoke", { ...form({ token: given }), ...basic });
  await expect(401, "get", "/api/me", { token: given });
}

// ---- what goes wrong, for each operation

async function without_a_token_nothing_opens() {
  for (const { template, method, operation } of every) {
    if (operation.security?.length === 0) continue;
    await expect(401, method, template, operation.requestBody ? exampleOf(operation) : {});
    await expect(401, method, template, { ...(operation.requestBody ? exampleOf(operation) : {}), token: "oat_unknown" });
  }
}

const whoFor = (template) => /carrier/.test(template) ? token.post : /lookups/.test(template) ? token.town : /views|packs|staff|registers|travel|authorities|invitations|oversight/.test(template) ? token.officer : token.legal;

async function a_query_that_is_not_known_is_refused() {
  for (const { template, method, operation } of every)
    await expect(400, method, template, { ...(operation.requestBody ? exampleOf(operation) : {}), token: whoFor(template), ids: { case: kept.case }, query: "?nonsense=1" });
}

async function the_wrong_purpose_is_refused() {
  for (const { template, method, operation } of every) {
    if (!operation.responses[403]) continue;
    const by = /views|packs|staff|retry_step/.test(template) ? token.legalTechnical : isCommand(template) || /documents|letters/.test(template) ? token.technical : token.legalTechnical;
    const more = operation.requestBody ? exampleOf(operation) : {};
    await expect(403, method, template, { ...more, token: by, ids: { case: kept.case, document: kept.document, letter: kept.letter, page: 1 }, query: queryOf(operation) });
  }
}
const queryOf = (operation) => {
  const needed = operation.parameters.filter((p) => p.in === "query" && p.required);
  return needed.length ? `?${needed.map((p) => `${p.name}=${encodeURIComponent(p.schema.examples[0])}`).join("&")}` : "";
};

async function what_is_not_there_is_not_found() {
  for (const { template, method, operation } of every) {
    if (!operation.responses[404] || template === "/api/track") continue;
    await expect(404, method, template, { ...(operation.requestBody ? exampleOf(operation) : {}), token: whoFor(template), query: queryOf(operation) });
  }
}

// Said by the length alone: a list may be large, and nobody sends a quarter of a gigabyte to be refused.
function tooLong(template, { token: bearer, ids, query }) {
  const path = template.replace(/{(\w+)}/g, (_, name) => ids[name] ?? 1) + query;
  return new Promise((done, fail) => {
    const q = request(server.url + path, { method: "POST", headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/octet-stream", "Content-Length": 300 * 1024 * 1024 } });
    q.on("response", (a) => { done(a.statusCode); q.destroy(); }).on("error", fail).flushHeaders();
  });
}

async function bodies_are_bounded_and_named() {
  for (const { template, method, operation } of every) {
    if (!operation.requestBody) continue;
    const [type] = bodyOf(operation);
    const o = { token: whoFor(template), ids: { case: kept.case }, query: queryOf(operation) };
    await expect(415, method, template, { ...o, body: "hello", type: type === "application/octet-stream" ? "application/json" : "text/plain" });
    if (template.endsWith("/imports")) {
      const status = await tooLong(template, { ...o, ids: { register: "berth" } });
      if (status !== 413) throw new Error(`${template}: ${status} for what is too long`);
      seen.add(`${template} ${method} 413`);
      continue;
    }
    const large = type === "application/json" ? JSON.stringify({ x: "x".repeat(600 * 1024) }) : "a=" + "x".repeat(21 * 1024 * 1024);
    await expect(413, method, template, { ...o, body: type === "application/x-www-form-urlencoded" ? large.slice(0, 1200 * 1024) : large, type });
    if (type === "application/json") await expect(422, method, template, { ...o, json: { nonsense: 1 } });
    if (type === "application/json") await expect(400, method, template, { ...o, body: "{\"a\":1,\"a\":2}", type });
  }
  await expect(422, "post", "/api/cases/{case}/documents", { token: token.counter, ids: { case: kept.paper }, query: "?kind=zzz&title=x", body: PDF, type: "application/octet-stream" });
}

// A case that was withdrawn is closed, and one that was decided is past most steps.
async function the_state_of_the_case_counts() {
  for (const { template, method, operation } of every) {
    if (!operation.responses[409] || !operation.requestBody || seen.has(`${template} ${method} 409`)) continue;
    for (const who of ["legal", "officer", "second", "counter", "boss", "examiner"])
      for (const id of [kept.asked, kept.case, kept.paper]) {
        const more = exampleOf(operation);
        if (seen.has(`${template} ${method} 409`)) break;
        if (more.json && "clock" in more.json) more.json.clock = (await file("counter", id).catch(() => ({ clocks: [] }))).clocks[0]?.clock ?? 1;
        const a = await call(method, template, { ...more, token: token[who], ids: { case: id }, query: queryOf(operation) });
        if (process.env.SHOW) console.log("#", template, who, id, a.status, a.json.detail, JSON.stringify(a.json.errors));
      }
  }
}

async function an_erased_person_is_left_alone() {
  await act(409, "operator", "erase_person", kept.paper, { ground: "retention_ended" });
  await act(422, "operator", "erase_person", kept.case, { ground: "She asked for it." });
  await act(200, "operator", "erase_person", kept.case, { ground: "retention_ended" });
  if ((await file("officer", kept.case)).persons.length) throw new Error("the person is still there");
  for (const { template, method, operation } of every) {
    if (!isCommand(template) || method !== "post") continue;
    for (const who of ["legal", "officer", "second", "counter", "boss", "operator"]) {
      const a = await call(method, template, { ...exampleOf(operation), token: token[who], ids: { case: kept.case }, query: queryOf(operation) });
      if (![403, 409].includes(a.status)) throw new Error(`${template} as ${who}: ${a.status} after the erasure`);
    }
  }
}

async function a_newer_version_is_a_conflict() {
  for (const { template, method, operation } of every) {
    if (!operation.responses[412]) continue;
    for (const who of ["legal", "officer", "second", "counter"]) {
      if (seen.has(`${template} ${method} 412`)) break;
      const a = await call(method, template, { ...exampleOf(operation), token: token[who], ids: { case: who === "counter" ? kept.asked : kept.case }, headers: { "If-Match": '"1"' } });
      if (process.env.SHOW) console.log("#", template, who, a.status, a.json.detail);
      if (a.status === 412 && !a.json.changed.length) throw new Error(`${template}: it does not say what changed`);
    }
  }
}

// The last one but the sums: the server has small limits now.
async function who_asks_too_often_waits() {
  await server.stop();
  await server.start("--api-rate", "60");
  for (const { template, method, operation } of every) {
    const [type] = bodyOf(operation) ?? [];
    const more = type === "application/octet-stream" ? { body: "x", type } : operation.requestBody ? exampleOf(operation) : {};
    const one = () => call(method, template, { ...more, token: whoFor(template), ids: { case: kept.case }, key: "", query: "?nonsense=1" });
    for (let i = 0; i < 40 && !seen.has(`${template} ${method} 429`); i++) {
      const answers = await Promise.all(Array.from({ length: 20 }, one));
      const waiting = answers.find((a) => a.status === 429);
      if (waiting && !(Number(waiting.headers.get("retry-after")) > 0)) throw new Error("it does not say how long");
    }
  }
}

async function nothing_of_the_description_was_left_out() {
  const missing = [];
  for (const { template, method, operation } of every)
    for (const status of Object.keys(operation.responses)) {
      const what = `${template} ${method} ${status}`;
      if (!seen.has(what) && !OUT_OF_REACH.some(([pattern]) => pattern.test(what))) missing.push(what);
    }
  if (missing.length) throw new Error(`never answered:\n${missing.join("\n")}`);
  console.log(`# ${seen.size} of path, method and status were answered as described`);
}

async function the_file_in_the_source_is_what_is_served() {
  const kept_ = JSON.parse(readFileSync(join(ROOT, "src/api/openapi.json"), "utf8"));
  if (JSON.stringify(kept_) !== JSON.stringify(spec)) throw new Error("make it anew: ostia openapi >src/api/openapi.json");
  if (JSON.stringify(JSON.parse(ostia("openapi"))) !== JSON.stringify(spec)) throw new Error("ostia openapi prints another one");
}

async function the_log_holds() {
  road.close();
  const code = await server.stop();
  if (code !== 0) throw new Error(`the server ended with ${code}:\n${readFileSync(server.log, "utf8").slice(-3000)}`);
  ostia("verify", "--data", server.data);
  ostia("rebuild", "--check", "--data", server.data);
  server.remove();
}

await run(an_application_goes_from_draft_to_appeal, another_procedure_is_walked, a_register_is_kept, a_file_comes_in_and_rows_leave, carriers_hand_in_their_lists, lists_and_files_are_read, authorities_ask_once, anybody_may_ask_a_little, tokens_are_given_and_end,
  without_a_token_nothing_opens, a_query_that_is_not_known_is_refused, the_wrong_purpose_is_refused, what_is_not_there_is_not_found,
  bodies_are_bounded_and_named, the_state_of_the_case_counts, a_newer_version_is_a_conflict, an_erased_person_is_left_alone, who_asks_too_often_waits,
  nothing_of_the_description_was_left_out, the_file_in_the_source_is_what_is_served, the_log_holds);
