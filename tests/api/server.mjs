// server.mjs - what the tests of the API share: a server on a fresh demonstration, clients and people with tokens,
// requests, and results as TAP. Called as: node TEST.mjs PROGRAM SOURCE_ROOT
import { execFileSync, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { cpSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { freePort, oneTimeCode } from "../local.mjs";

export const [PROGRAM, ROOT] = process.argv.slice(2).map((path) => resolve(path));
const PACK = join(ROOT, "packs", "eu-asylum");

export function ostia(...words) {
  return execFileSync(PROGRAM, words, { encoding: "utf8", cwd: ROOT });
}

export class Server {
  constructor() {
    this.dir = mkdtempSync(join(tmpdir(), "ostia-api-"));
    this.data = join(this.dir, "data");
    const db = process.env.OSTIA_TEST_DB; // a schema of its own there; SQLite without it
    const where = db ? ["--db", db, "--db-schema", `api_${randomUUID().slice(0, 8)}`] : [];
    ostia("demo", "--cases", "1", "--seed", "3", "--data", this.data, "--pack", PACK, ...where);
    this.where = where;
    this.people = Object.fromEntries(readFileSync(join(this.data, "demo-sign-ins"), "utf8").trim().split("\n").map((line) => {
      const [who, name, password, secret] = line.split(" ");
      return [who, { name, password, secret }];
    }));
  }
  // A second procedure beside asylum: tests/packs/permit, with its base beside it.
  loadPermit() {
    for (const [from, to] of [["tests/packs/permit", "permit"], ["packs/eu-common", "eu-common"]])
      cpSync(join(ROOT, from), join(this.dir, "packs", to), { recursive: true });
    ostia("pack", "load", join(this.dir, "packs", "permit"), "--data", this.data);
  }
  async start(...more) {
    this.port ??= await freePort();
    this.url = `http://localhost:${this.port}`;
    this.log = join(this.dir, "log");
    const out = openSync(this.log, "a");
    this.child = spawn(PROGRAM, ["serve", "--data", this.data, "--listen", `127.0.0.1:${this.port}`, "--site", this.url,
      "--pack", PACK, "--mail-folder", join(this.dir, "mail"), ...more], { cwd: ROOT, stdio: ["ignore", out, out] });
    process.once("exit", () => this.child.kill("SIGKILL")); // also when a test never came so far
    this.ended = new Promise((done) => this.child.once("exit", (code, signal) => done(signal || code)));
    for (let i = 0; i < 400 && this.child.exitCode === null; i++) {
      if (await fetch(`${this.url}/health/live`).then((a) => a.ok, () => false)) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`the server does not start:\n${readFileSync(this.log, "utf8")}`);
  }
  async stop(signal = "SIGTERM") {
    this.child.kill(signal);
    return this.ended;
  }
  remove() {
    rmSync(this.dir, { recursive: true, force: true });
  }
  client(id, roles, purposes, unit = "North") {
    const said = ostia("client", "add", "--data", this.data, "--id", id, "--name", `System ${id}`, "--unit", unit, "--roles", roles, "--purposes", purposes);
    return { id, secret: /^secret (\S+)/m.exec(said)[1], account: Number(/^account (\d+)/m.exec(said)[1]) };
  }
  async request(method, path, { token, json, body, type, key, headers = {} } = {}) {
    const h = { ...headers };
    if (token) h.Authorization = `Bearer ${token}`;
    if (json !== undefined) { body = JSON.stringify(json); h["Content-Type"] ??= "application/json"; }
    if (type) h["Content-Type"] = type;
    if (key) h["Idempotency-Key"] = key;
    const a = await fetch(this.url + path, { method, headers: h, body, redirect: "manual" });
    const bytes = Buffer.from(await a.arrayBuffer());
    const media = (a.headers.get("content-type") || "").split(";")[0];
    return { status: a.status, headers: a.headers, media, bytes, json: /json$/.test(media) ? JSON.parse(bytes.toString("utf8")) : undefined };
  }
  post(path, token, json, more = {}) {
    return this.request("POST", path, { token, json, key: randomUUID(), ...more });
  }
  get(path, token, more = {}) {
    return this.request("GET", path, { token, ...more });
  }
  async token(client, purpose) {
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: client.id, client_secret: client.secret, scope: purpose });
    const a = await this.request("POST", "/api/token", { body: body.toString(), type: "application/x-www-form-urlencoded" });
    if (a.status !== 200) throw new Error(`no token: ${a.status} ${a.bytes}`);
    return a.json.access_token;
  }
}

// ---- people: they sign in on the pages, and make tokens of their own there

// Debian 12's Node has no getSetCookie(): there cookies come joined by commas.
function cookiesOf(headers) {
  return headers.getSetCookie?.() ?? (headers.get("set-cookie") ?? "").split(/, (?=[^;, ]+=)/).filter(Boolean);
}

export class Person {
  constructor(server) { this.server = server; this.cookies = {}; }
  async page(method, path, form) {
    const headers = { Cookie: Object.entries(this.cookies).map(([k, v]) => `${k}=${v}`).join("; ") };
    let body;
    if (form) { body = new URLSearchParams({ csrf: this.csrf, ...form }).toString(); headers["Content-Type"] = "application/x-www-form-urlencoded"; }
    const a = await fetch(this.server.url + path, { method, headers, body, redirect: "manual" });
    for (const c of cookiesOf(a.headers)) { const [, k, v] = /^([^=]+)=([^;]*)/.exec(c); this.cookies[k] = v; }
    const html = await a.text();
    this.csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? this.csrf;
    return a.status === 303 ? this.page("GET", a.headers.get("location")) : html;
  }
  async signIn(card, ahead = 0) {
    await this.page("GET", "/sign-in");
    await this.page("POST", "/sign-in", { name: card.name, password: card.password });
    await this.page("POST", "/sign-in/code", { kind: "totp", code: oneTimeCode(card.secret, Date.now() + ahead * 30000) });
    return this;
  }
  // A member of staff whom the demonstration does not have: comes with an invitation, sets password and app.
  async invited(email, roles) {
    const said = ostia("staff", "add", "--data", this.server.data, "--name", "A. Newcomer", "--email", email, "--code", "N-900", "--unit", "North", "--roles", roles);
    const password = "harbour-lantern-stone-3";
    await this.page("GET", "/sign-in/recovery");
    await this.page("POST", "/sign-in/recovery", { name: email, code: /^invitation (\S+)/m.exec(said)[1] });
    const html = await this.page("POST", "/sign-in/enrol/password", { password });
    const found = (pattern) => pattern.exec(html)?.[1] ?? (() => { throw new Error(`no ${pattern} on the page:\n${html}`); })();
    const secret = found(/ostia-code--long">([^<]+)</).replaceAll(" ", ""), enrolment = found(/name="enrolment" value="([^"]+)"/);
    await this.page("POST", "/sign-in/enrol/code", { enrolment, code: oneTimeCode(secret) });
    return this.signIn({ name: email, password, secret }, 1); // a code is good once
  }
  async token(purpose) {
    await this.page("GET", "/account/tokens");
    const html = await this.page("POST", "/account/tokens", { purpose });
    const found = /id="token">([^<]+)</.exec(html);
    if (!found) throw new Error(`no token on the page:\n${html.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ")}`);
    return found[1];
  }
}

// ---- results

export async function run(...tests) {
  let failed = 0;
  console.log(`1..${tests.length}`);
  for (const [i, test] of tests.entries()) {
    let result = "ok";
    try {
      await test();
    } catch (error) {
      failed++;
      result = "not ok";
      console.log(String(error.stack || error).split("\n").map((l) => `# ${l}`).join("\n"));
    }
    console.log(`${result} ${i + 1} - ${test.name}`);
  }
  process.exit(failed ? 1 : 0);
}
