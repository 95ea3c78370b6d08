// What the API promises beside its form: who may not, what is done once, and what strangers may send.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Person, ROOT, Server, ostia, run } from "./server.mjs";

const spec = JSON.parse(readFileSync(join(ROOT, "src/api/openapi.json"), "utf8"));
const fields = spec.paths["/api/applications"].post.requestBody.content["application/json"].schema.properties;
const APPLICATION = Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, v.examples[0]]));

const server = new Server();
await server.start();
const legal = server.client("legal-aid", "representative", "own_file");
const north = server.client("north", "registrar,officer,second_officer,supervisor", "registration,asylum_examination,supervision");
const south = server.client("south", "registrar", "registration", "South");
const own = await server.token(legal, "own_file");
const counter = await server.token(north, "registration");
const examiner = await server.token(north, "asylum_examination");

function must(a, status, rule) {
  const rules = (a.json?.errors ?? []).map((e) => e.rule);
  if (a.status !== status || (rule && !rules.includes(rule))) throw new Error(`${a.status} ${a.bytes.toString("utf8").slice(0, 400)} instead of ${status} ${rule ?? ""}`);
  return a.json;
}
const lodge = async (token = own, more = {}) => must(await server.post("/api/applications", token, APPLICATION, more), 201).case_id;
let officer; // signs in once: a code of the authenticator is good once
async function assigned(id) {
  officer ??= await new Person(server).signIn(server.people.officer);
  const account = must(await server.get("/api/me", await officer.token("asylum_examination")), 200).account;
  must(await server.post(`/api/cases/${id}/register_application`, counter, { made_on: "2026-11-20", made_at_place: "Harbour", identity_checked: true }), 200);
  must(await server.post(`/api/cases/${id}/assign_case`, await server.token(north, "supervision"), { officer: account }), 200);
}

// ---- who may not

async function no_system_decides_about_a_person() {
  const id = await lodge();
  for (const [name, json] of [["sign_decision", { decision: 1 }], ["propose_decision", { outcome: "rejected", facts: "x", evidence: "x", assessment: "x", legal_basis: "x" }],
    ["return_decision", { decision: 1, reason: "x" }], ["extend_deadline", { clock: 1, ground: "complex", reason: "x" }], ["erase_person", { ground: "asked" }],
    ["answer_right", { request: 1, answer: "x" }], ["choose_track", { track: "accelerated", reason: "x" }]])
    must(await server.post(`/api/cases/${id}/${name}`, examiner, json), 403, "named_person");
  const traces = must(await server.get(`/api/cases/${id}`, counter), 200).traces;
  const trace = traces.find((t) => t.what === "sign_decision");
  if (!trace?.was_refused || trace.who !== "System north" || trace.unit !== "North") throw new Error(`no trace of the refusal: ${JSON.stringify(traces)}`);
}

// A program may enter what came on paper, but that a person gives up is read by somebody.
async function paper_counts_from_its_day_and_who_gives_up_is_read_by_somebody() {
  const id = await lodge();
  await assigned(id);
  const named = await officer.token("asylum_examination");
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Brussels" }).format(new Date());
  const wrong = { what: "My birth year", correction: "1990" }, came = { received_on: today, received_by: "post" };
  const place = (a, status, rule, pointer) => {
    if (must(a, status, rule).errors[0].pointer !== pointer) throw new Error(`${pointer} was expected: ${a.bytes}`);
  };
  const enter = (token, name, json) => server.post(`/api/cases/${id}/${name}`, token, json);
  place(await enter(counter, "report_error", wrong), 422, "unknown_code", "/received_by");
  place(await enter(counter, "report_error", { ...wrong, ...came, received_on: "2999-01-01" }), 422, "date_in_future", "/received_on");
  place(await enter(counter, "report_error", { ...wrong, ...came, paper: 999999 }), 422, "not_found", "/paper");
  must(await enter(counter, "report_error", { ...wrong, ...came }), 200);
  const item = must(await server.get(`/api/cases/${id}`, named), 200).timeline.find((t) => t.event === "error_reported");
  if (item?.received !== today || item.received_by !== "post" || item.paper !== null) throw new Error(JSON.stringify(item));
  must(await enter(counter, "withdraw_application", { reason: "I go home.", ...came }), 403, "named_person");
  must(await enter(named, "withdraw_application", { reason: "I go home.", ...came }), 200);
}

async function another_unit_is_refused_and_leaves_a_trace() {
  const id = await lodge();
  await assigned(id);
  must(await server.get(`/api/cases/${id}`, await server.token(south, "registration")), 403, "access_relation");
  const trace = must(await server.get(`/api/cases/${id}`, await officer.token("asylum_examination")), 200).traces.find((t) => t.unit === "South");
  if (!trace?.was_refused || trace.purpose !== "registration") throw new Error("the refusal left no trace");
  const seen = must(await server.get(`/api/cases/${id}`, own), 200).traces;
  if (!seen.some((t) => t.who === "south" && t.was_refused)) throw new Error("the person cannot see who tried");
}

async function a_token_is_good_for_its_purpose_only() {
  const id = await lodge();
  must(await server.get("/api/load", counter), 403, "access_token_purpose");
  must(await server.post(`/api/cases/${id}/cancel_interview`, counter, { appointment: 1, reason: "x" }), 403, "access_other_purpose");
  must(await server.get("/api/own-cases", counter), 403);
  if (must(await server.get("/api/me", counter), 200).purpose !== "registration") throw new Error("another purpose");
  must(await server.get(`/api/cases/${id}`, counter), 200);
}

async function tokens_and_secrets_end() {
  const c = server.client("short-lived", "registrar", "registration");
  const old = await server.token(c, "registration");
  must(await server.get("/api/me", old), 200);
  const said = ostia("client", "secret", "short-lived", "--data", server.data);
  must(await server.get("/api/me", old), 401);
  await server.token(c, "registration").then(() => { throw new Error("the old secret still opens"); }, () => {});
  const fresh = await server.token({ ...c, secret: /^secret (\S+)/m.exec(said)[1] }, "registration");
  ostia("client", "close", "short-lived", "--data", server.data);
  must(await server.get("/api/me", fresh), 401);
}

async function cookies_do_not_open_the_api_and_tokens_no_pages() {
  const person = await new Person(server).signIn(server.people.second);
  const cookie = Object.entries(person.cookies).map(([k, v]) => `${k}=${v}`).join("; ");
  must(await server.get("/api/me", undefined, { headers: { Cookie: cookie } }), 401);
  must(await server.get(`/api/me?access_token=${counter}`), 401);
  must(await server.request("POST", "/api/cases", { json: { language: "fa" }, key: "x", headers: { Cookie: cookie, Origin: "https://evil.example" } }), 401);
  const page = await server.get("/work", counter);
  if (page.status === 200) throw new Error("a token opened a page");
  const mine = await person.token("asylum_examination");
  must(await server.get("/api/me", mine), 200);
  await person.page("GET", "/account/tokens");
  await person.page("POST", "/account/tokens/end", {});
  must(await server.get("/api/me", mine), 401);
}

// ---- registers

async function every_register_is_recorded_found_and_read() {
  const id = await lodge();
  const { case_no } = must(await server.get(`/api/cases/${id}`, counter), 200).head;
  const lines = readFileSync(join(ROOT, "tests/registers/entries.jsonl"), "utf8").trim().split("\n").map((l) => JSON.parse(l));
  const first = lines.filter((l, i) => lines.findIndex((k) => k.register === l.register) === i);
  const tokens = {}, known = new Set();
  for (const { register, role, purpose, answers } of first) {
    const who = `${role} for ${purpose}`;
    tokens[who] ??= await server.token(server.client(`keeper-${Object.keys(tokens).length}`, role, purpose), purpose);
    const token = tokens[who], at = `/api/registers/${register}`;
    must(await server.get("/api/registers", token), 200).items.forEach((r) => r.may_record && known.add(r.id));
    const said = JSON.parse(JSON.stringify(answers).replaceAll('"CASE"', JSON.stringify(case_no)));
    must(await server.get(at, token), 200);
    must(await server.post(`${at}/entries`, token, { answers: {} }), 422);
    const made = must(await server.post(`${at}/entries`, token, { answers: said }), 201);
    const list = must(await server.get(`${at}/entries?state=any&q=${made.reference}`, token), 200).items;
    if (list.length !== 1 || list[0].entry !== made.entry) throw new Error(`${register}: ${JSON.stringify(list)}`);
    const read = must(await server.get(`${at}/entries/${made.entry}?history=true`, token), 200);
    const is = made.is_waiting ? read.versions[0].answers : read.entry.answers;
    for (const key of Object.keys(said))
      if (JSON.stringify(is[key]) !== JSON.stringify(said[key])) throw new Error(`${register}: ${key} is ${JSON.stringify(is[key])}, ${JSON.stringify(said[key])} was said`);
  }
  if (first.length !== 33 || first.some((l) => !known.has(l.register))) throw new Error(`${first.length} registers, ${known.size} of them offered`);
}

// The machine loses power while a list is being recorded: nothing of it counts before, all of it afterwards.
async function a_list_that_was_cut_off_is_finished() {
  const keeper = server.client("list-keeper", "register_keeper", "register_keeping");
  let token = await server.token(keeper, "register_keeping");
  const at = "/api/registers/stay", count = 1500;
  const rows = Array.from({ length: count }, (_, i) => `H-77,${i + 1},hotel,Harbour Street 3,Northport,DEU,2026-11-0${1 + (i % 9)}`);
  const body = `provider_no,sequence_no,stay_kind,street,town,address_country,arrived_on\n${rows.join("\n")}\n`;
  const { import: id } = must(await server.request("POST", `${at}/imports?name=guests.csv`, { token, body, type: "application/octet-stream" }), 202);
  const state = async () => must(await server.get(`${at}/imports/${id}`, token), 200);
  const current = async () => must(await server.get(`${at}/entries?q=H-77`, token), 200).total;
  let v = await state();
  for (let i = 0; i < 4000 && !(v.state === "checked" && v.done > 0); i++) {
    if (v.state === "failed" || v.state === "done") throw new Error(`it is ${v.state} before it was cut off`);
    await new Promise((done) => setTimeout(done, 15));
    v = await state();
  }
  if (await current()) throw new Error("a part of it is found");
  await server.stop("SIGKILL");
  await server.start();
  token = await server.token(keeper, "register_keeping");
  if (await current() && (await state()).state !== "done") throw new Error("a part of it is found");
  for (v = await state(); v.state === "checked"; v = await state()) await new Promise((done) => setTimeout(done, 50));
  if (v.done !== count || await current() !== 1000) throw new Error(`${v.done} rows, ${await current()} found`); // counted to 1,000
}

// ---- done once

async function a_repeated_request_is_done_once() {
  const key = randomUUID();
  const all = await Promise.all(Array.from({ length: 8 }, () => server.post("/api/applications", own, APPLICATION, { key })));
  const ids = new Set(all.map((a) => must(a, 201).case_id));
  if (ids.size !== 1) throw new Error(`${ids.size} cases came of one key`);
  if (all.filter((a) => a.headers.get("idempotency-replayed")).length !== 7) throw new Error("seven repetitions were expected");
  if (new Set(all.map((a) => a.json.code)).size !== 1) throw new Error("the tracking code changed");
  must(await server.post("/api/applications", own, { ...APPLICATION, phrase: "another" }, { key }), 422, "key_reused");
  must(await server.post("/api/cases", own, { language: "fa" }, { key }), 422, "key_reused");
  must(await server.post("/api/applications", own, APPLICATION, { key: "" }), 400, "required");
  must(await server.post("/api/applications", own, APPLICATION, { key: "x".repeat(65) }), 400, "key_malformed");
  if (must(await server.post("/api/applications", counter, APPLICATION, { key }), 201).case_id === [...ids][0]) throw new Error("a key of one client is another's");
  const [id] = ids, doc = { key: randomUUID(), type: "application/octet-stream", body: "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n" };
  const path = `/api/cases/${id}/documents?kind=passport&title=pass.pdf`;
  const first = must(await server.post(path, own, undefined, doc), 201), again = must(await server.post(path, own, undefined, doc), 201);
  if (first.made !== again.made) throw new Error("the document was added twice");
  must(await server.post(path, own, undefined, { ...doc, body: doc.body + "x" }), 422, "key_reused");
}

async function what_failed_may_be_sent_again_with_its_key() {
  const key = randomUUID();
  must(await server.post("/api/applications", own, { ...APPLICATION, answers: { ...APPLICATION.answers, story: "" } }, { key }), 422);
  must(await server.post("/api/applications", own, APPLICATION, { key }), 201);
}

// The machine loses power while requests are under way; whoever got no answer asks again.
async function after_a_crash_the_same_key_gives_the_same_answer() {
  const before = await server.token(legal, "own_file");
  const mine = server.client("crash", "representative", "own_file");
  for (let round = 0; round < 3; round++) {
    const token = await server.token(mine, "own_file"), keys = Array.from({ length: 12 }, randomUUID), answers = {};
    const sent = keys.map((key) => server.post("/api/applications", token, APPLICATION, { key }).then((a) => { if (a.status === 201) answers[key] = a.json; }, () => {}));
    await new Promise((done) => setTimeout(done, 30 + 40 * round));
    await server.stop("SIGKILL");
    await Promise.all(sent);
    await server.start();
    for (const key of keys) {
      const a = must(await server.post("/api/applications", token, APPLICATION, { key }), 201);
      if (answers[key] && JSON.stringify(a) !== JSON.stringify(answers[key])) throw new Error("the answer changed");
    }
    const cases = must(await server.get("/api/own-cases", token), 200);
    if (cases.total !== 12 * (round + 1)) throw new Error(`${cases.total} cases came of ${12 * (round + 1)} keys`);
  }
  must(await server.get("/api/me", before), 200);
}

async function a_change_of_others_is_told() {
  const id = await lodge();
  const version = (await server.get(`/api/cases/${id}`, counter)).headers.get("etag");
  must(await server.post(`/api/cases/${id}/report_error`, own, { what: "x", correction: "y" }), 200);
  const body = { made_on: "2026-11-20", made_at_place: "Harbour", identity_checked: true };
  const told = must(await server.post(`/api/cases/${id}/register_application`, counter, body, { headers: { "If-Match": version } }), 412, "case_changed");
  if (told.changed[0].event !== "error_reported") throw new Error(JSON.stringify(told));
  must(await server.post(`/api/cases/${id}/register_application`, counter, body, { headers: { "If-Match": "17" } }), 400, "version");
  const fresh = (await server.get(`/api/cases/${id}`, counter)).headers.get("etag");
  must(await server.post(`/api/cases/${id}/register_application`, counter, body, { headers: { "If-Match": fresh } }), 200);
}

// ---- what strangers send

async function hostile_bodies_are_refused_by_name() {
  const send = (body, more = {}) => server.post("/api/cases", own, undefined, { body, type: "application/json", ...more });
  for (const bad of ["", "{", "[]x", "nul", '{"language":"fa"', '{"language":"fa","language":"fr"}', '{"language":"\\u0000"}', "\u0000", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), "[".repeat(100000),
    '{"a":'.repeat(70) + "1" + "}".repeat(70)]) must(await send(bad), 400);
  for (const [bad, rule] of [["[]", "kind"], ["17", "kind"], ['{"language":17}', "kind"], ['{"language":null}', "kind"], ["{}", "required"], ['{"language":"fa","Language":"fr"}', "unknown_field"],
    [`{"language":"${"x".repeat(300)}"}`, "too_long"], ['{"language":"../..","phrase":""}', "language"]]) must(await send(bad), 422, rule);
  const id = await lodge();
  for (const n of ["1e3", "1.5", "-1", "9223372036854775807", "true", '"1"']) must(await send("", { body: `{"letter":${n}}` }).then(() => server.post(`/api/cases/${id}/open_letter`, own, undefined, { body: `{"letter":${n}}`, type: "application/json" })), 422);
  must(await server.post(`/api/cases/${id}/open_letter`, own, undefined, { body: '{"letter":92233720368547758070}', type: "application/json" }), 400);
  const many = Array.from({ length: 40 }, (_, i) => [`x${i}`, 1]);
  const told = must(await server.post("/api/cases", own, Object.fromEntries(many)), 422, "unknown_field");
  if (told.errors.length > 16) throw new Error("more mistakes were named than anybody reads");
  for (const path of ["/api/cases/0", "/api/cases/-1", "/api/cases/9223372036854775808", "/api/cases/1/nonsense", "/api/nonsense", "/api/cases/x/answers"]) must(await server.get(path, own), path.endsWith("nonsense") && path.includes("cases") ? 405 : 404);
  must(await server.request("PUT", "/api/me", { token: own, json: {} }), 405);
}

async function mistakes_are_told_in_the_clients_language() {
  const told = async (language) => must(await server.post("/api/cases", own, {}, { headers: { "Accept-Language": language } }), 422, "required").errors[0].detail;
  const all = await Promise.all(["en", "fr", "ar", "uk", "fa"].map(told));
  if (new Set(all).size !== 5) throw new Error(`not five languages: ${all.join(" | ")}`);
}

async function a_whole_application_names_all_its_mistakes() {
  const { story, fear, ...answers } = APPLICATION.answers;
  if (!story || !fear) throw new Error("the example has no story");
  const told = must(await server.post("/api/applications", own, { ...APPLICATION, answers: { ...answers, nonsense: "1", birth_date: "3000" } }), 422);
  const places = told.errors.map((e) => e.pointer);
  for (const place of ["/answers/story", "/answers/fear", "/answers/nonsense", "/answers/birth_date"]) if (!places.includes(place)) throw new Error(`${place} is not among ${places}`);
}

// A document is checked by two desks; the second one learns of the first, and nobody of the holder.
async function a_document_is_known_again() {
  const lines = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8989O2C36UTO7408122F1204159ZE184226B<<<<<10";
  const check = (token, json) => server.post("/api/travel-documents/check", token, json);
  const first = must(await check(counter, { lines }), 200);
  if (first.result !== "plausible" || !first.is_expired || first.number !== "L898902C3" || first.fixes.length !== 1 || first.earlier.length)
    throw new Error(JSON.stringify(first));
  const wrong = must(await check(examiner, { lines: lines.replace("740812", "750812") }), 200);
  if (wrong.result !== "doubtful" || wrong.earlier.length !== 1 || wrong.earlier[0].place !== "North") throw new Error(JSON.stringify(wrong));
  must(await check(counter, { lines: "HELLO" }), 422, "mrz_length");
  must(await check(counter, { seal: "zz" }), 422, "seal_encoding");
  must(await check(counter, {}), 422, "nothing");
  must(await check(own, { lines }), 403);
}

async function the_page_shows_every_address() {
  const page = (await server.get("/api")).bytes.toString("utf8");
  for (const path of Object.keys(spec.paths)) if (!page.includes(path.replace(/\{(\w+)\}/g, ":$1"))) throw new Error(`${path} is not on the page`);
  if (/<script(?![^>]*src=)/.test(page)) throw new Error("a script inside the page");
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map((m) => m[1]);
  if (new Set(ids).size !== ids.length) throw new Error(`an id twice: ${ids.filter((x, i) => ids.indexOf(x) !== i)}`);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) if (!ids.includes(target)) throw new Error(`#${target} leads nowhere`);
}

async function the_log_holds() {
  const code = await server.stop();
  if (code !== 0) throw new Error(`the server ended with ${code}:\n${readFileSync(server.log, "utf8").slice(-3000)}`);
  ostia("verify", "--data", server.data);
  ostia("rebuild", "--check", "--data", server.data);
  server.remove();
}

await run(every_register_is_recorded_found_and_read, no_system_decides_about_a_person, paper_counts_from_its_day_and_who_gives_up_is_read_by_somebody, another_unit_is_refused_and_leaves_a_trace, a_token_is_good_for_its_purpose_only, tokens_and_secrets_end,
  cookies_do_not_open_the_api_and_tokens_no_pages, a_repeated_request_is_done_once, what_failed_may_be_sent_again_with_its_key,
  after_a_crash_the_same_key_gives_the_same_answer, a_list_that_was_cut_off_is_finished, a_change_of_others_is_told, hostile_bodies_are_refused_by_name,
  mistakes_are_told_in_the_clients_language, a_whole_application_names_all_its_mistakes, a_document_is_known_again, the_page_shows_every_address, the_log_holds);
