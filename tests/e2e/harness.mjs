// harness.mjs - a server on a fresh folder, a browser, and results as TAP.
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../local.mjs";

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const OUT = join(ROOT, "build", "e2e");   // pictures and pages of what failed
const require = createRequire(join(ROOT, "package.json"));
const { chromium } = require("playwright-core");

export const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
export const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

// ---- the program

export function program() {
  const places = [process.env.OSTIA, join(ROOT, "build/gcc/src/ostia/ostia")];
  const found = places.find((p) => p && existsSync(p));
  if (!found) throw new Error("no program: set OSTIA, or build it with ./dev test quick");
  return found;
}

// A demonstration with staff and a few cases, made once and copied for every server.
export class World {
  constructor(cases) {
    this.dir = mkdtempSync(join(tmpdir(), "ostia-e2e-"));
    this.seed = join(this.dir, "seed");
    try {
      execFileSync(program(), ["demo", "--data", this.seed, "--cases", String(cases), "--seed", "7"], { cwd: ROOT, stdio: "pipe" });
    } catch (error) {
      throw new Error(`ostia demo failed: ${error.stdout}${error.stderr}`);
    }
  }
  close() {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

export class Server {
  // `prepare` is given the folder before the server sees it.
  static async start(world, name, prepare = () => {}) {
    const s = new Server();
    const data = s.data = join(world.dir, name);
    cpSync(world.seed, data, { recursive: true });
    await prepare(data);
    s.port = await freePort();
    s.url = `http://localhost:${s.port}`;
    s.log = join(world.dir, `${name}.log`);
    s.cards = Object.fromEntries(readFileSync(join(data, "demo-sign-ins"), "utf8").trim().split("\n").map((line) => {
      const [who, email, password, secret] = line.split(" ");
      return [who, { email, password, secret }];
    }));
    await s.begin();
    return s;
  }
  async begin() {
    const out = openSync(this.log, "a");
    this.child = spawn(program(), ["serve", "--data", this.data, "--listen", `127.0.0.1:${this.port}`, "--site", this.url, "--demo",
      "--mail-folder", join(this.data, "mail")], { cwd: ROOT, stdio: ["ignore", out, out] });
    this.ended = new Promise((done) => this.child.once("exit", (code, signal) => done(signal || code)));
    await this.ready();
  }
  // Ends, lets `between` do something to the folder, and begins again; sessions go on.
  async again(between) {
    await this.stop();
    await between(this.data);
    await this.begin();
  }
  async ready() {
    for (let i = 0; i < 200; i++) {
      if (this.child.exitCode !== null) break;
      const alive = await fetch(`${this.url}/health/live`).then((a) => a.ok, () => false);
      if (alive) return;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`the server did not start:\n${this.lastWords()}`);
  }
  // What the program says about the folder: ["verify"], ["rebuild", "--check"]. Empty when all is well.
  complaint(words) {
    try {
      execFileSync(program(), [...words, "--data", this.data], { cwd: ROOT, stdio: "pipe" });
      return "";
    } catch (error) {
      return `${error.stdout}${error.stderr}` || String(error);
    }
  }
  lastWords() {
    return readFileSync(this.log, "utf8").slice(-4000);
  }
  async stop() {
    this.child.kill("SIGTERM");
    return this.ended;   // 0 when it ended in order
  }
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium-headless-shell",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

// ---- results

export class Tap {
  count = 0;
  failed = 0;
  constructor(write = (line) => process.stdout.write(`${line}\n`)) {
    this.write = write;
  }
  result(passed, name, detail = "") {
    this.count++;
    if (!passed) this.failed++;
    this.write(`${passed ? "ok" : "not ok"} ${this.count} - ${name.replace(/#/g, "")}`);
    for (const line of detail.split("\n").filter(Boolean)) this.write(`# ${line}`);
  }
  end() {
    this.write(`1..${this.count}`);
    return this.failed === 0;
  }
}

export function prepareOut() {
  mkdirSync(OUT, { recursive: true });
}
