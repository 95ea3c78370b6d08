// documents.mjs - an officer checks travel documents: typed lines, a photo, a seal, and one that was checked before.
import { execFileSync } from "node:child_process";
import { createHash, createPrivateKey, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OUT } from "./harness.mjs";
import { signInStaff } from "./story.mjs";

const ZONE = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F3404159ZE184226B<<<<<16"];
const CARD = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<D231458907UTO7408122F3404159<<<<<<<2";

// The signer of seals of a state that never was: a key and its certificate, in the folder that the server looks at.
export function trustSigner(data) {
  const folder = join(data, "trust");
  mkdirSync(folder);
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
    join(data, "signer.key"), "-out", join(folder, "signer.cer"), "-outform", "DER", "-set_serial", "0x5B1", "-subj", "/C=UT/CN=XX",
    "-days", "400"], { stdio: "pipe" });
}

// ---- a seal: C40 is three characters in two bytes

function c40(text) {
  const value = (c) => (c === "<" ? 3 : c <= "9" ? Number(c) + 4 : c.charCodeAt(0) - 65 + 14);
  const bytes = [];
  for (let i = 0; i < text.length; i += 3) {
    const pair = value(text[i]) * 1600 + value(text[i + 1]) * 40 + value(text[i + 2]) + 1;
    bytes.push(pair >> 8, pair & 255);
  }
  return bytes;
}
function day(d) {
  const n = (d.getUTCMonth() + 1) * 1000000 + d.getUTCDate() * 10000 + d.getUTCFullYear();
  return [n >> 16, (n >> 8) & 255, n & 255];
}
function sealOf(walk, zone) {
  const today = new Date();
  const body = Buffer.from([0xdc, 0x03, ...c40("UTOUTXX035B1"), ...day(today), ...day(today), 0xfb, 0x06, 0x02, 0x30, ...c40(zone),
    0x03, 0x06, ...c40("C01X00T47")]);
  const key = createPrivateKey(readFileSync(join(walk.server.data, "signer.key")));
  const signature = sign("sha256", body, { key, dsaEncoding: "ieee-p1363" });
  return Buffer.concat([body, Buffer.from([0xff, signature.length]), signature]).toString("hex");
}

// A chip whose data group the state of the seal signed: EF.SOD is a CMS over the hashes of the groups (9303-10, 4.6.2).
const der = (tag, ...parts) => {
  const body = Buffer.concat(parts.map((x) => Buffer.from(x)));
  const n = body.length;
  return Buffer.concat([Buffer.from(n < 128 ? [tag, n] : n < 256 ? [tag, 0x81, n] : [tag, 0x82, n >> 8, n & 255]), body]);
};
function chipOf(walk) {
  const mrz = Buffer.from(`${ZONE[0]}${ZONE[1]}`);
  const dg1 = der(0x61, Buffer.concat([Buffer.from([0x5f, 0x1f, mrz.length]), mrz]));
  const sha256 = der(0x30, der(0x06, [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01]));
  const hash = der(0x30, der(0x02, [1]), der(0x04, createHash("sha256").update(dg1).digest()));
  const list = join(walk.server.data, "lds.der"), signed = join(walk.server.data, "sod.der"), data = walk.server.data;
  writeFileSync(list, der(0x30, der(0x02, [0]), sha256, der(0x30, hash)));
  execFileSync("openssl", ["cms", "-sign", "-binary", "-nodetach", "-econtent_type", "2.23.136.1.1.1", "-in", list, "-outform", "DER", "-out", signed,
    "-signer", join(data, "trust", "signer.cer"), "-inkey", join(data, "signer.key"), "-md", "sha256"], { stdio: "pipe" });
  return [{ name: "EF.SOD", mimeType: "application/octet-stream", buffer: der(0x77, readFileSync(signed)) },
    { name: "DG1", mimeType: "application/octet-stream", buffer: dg1 }];
}
async function checkChip(person, files) {
  await person.open("/documents/chip");
  if (files.length) await person.page.setInputFiles("#chip", files);
  await person.submit('main form[action="/documents/chip"]');
}

// A page of a passport as a telephone sees it.
async function photo(walk) {
  const context = await walk.browser.newContext({ viewport: { width: 1500, height: 1000 } });
  const page = await context.newPage();
  await page.setContent(`<body style="margin:0;background:#8a8378"><div style="position:absolute;inset:50px;background:#f4f1ea;transform:rotate(1.5deg)">
    <p style="font:28px sans-serif;margin:60px 500px">UTOPIA PASSPORT<br><br>Eriksson<br>Anna Maria</p>
    <pre style="position:absolute;left:60px;bottom:40px;font:40.5px/62px 'OCR B';letter-spacing:1px;margin:0">${ZONE.join("\n").replace(/</g, "&lt;")}</pre></div>`);
  const path = join(walk.server.data, "photo.png");
  await page.screenshot({ path });
  await context.close();
  return path;
}

async function check(person, values, file) {
  await person.open("/documents/check");
  await person.fill(values);
  if (file) await person.page.setInputFiles("#photo", file);
  await person.submit('main form[action="/documents/check"]');
}

async function verdict(person, colour) {
  await person.need(`#verdict .govuk-tag--${colour}`, `a verdict in ${colour}`);
}

async function shown(person, name) {
  for (const width of [1280, 320]) {
    await person.page.setViewportSize({ width, height: 900 });
    await person.page.screenshot({ path: join(OUT, `${person.walk.name}-${name}-${width}.png`), fullPage: true });
  }
  await person.page.setViewportSize({ width: 1280, height: 900 });
}

export async function documents(walk) {
  const officer = await signInStaff(walk, "officer", /^\/work/);
  await officer.step("finds the page", () => officer.press('nav a[href="/documents/check"]'));
  await officer.step("sends nothing", async () => {
    await check(officer, { lines: "" });
    await officer.need('.govuk-error-summary a[href="#lines"]', "a mistake of the lines");
  });
  await officer.step("types the lines with O for 0", async () => {
    await check(officer, { lines: `${ZONE[0]}\n${ZONE[1].replace("L898902C3", "L8989O2C3")}` });
    await verdict(officer, "blue");
    if ((await officer.texts("#fixes li")).length !== 1) throw new Error("the correction is not told");
    if (await officer.has("#earlier + .ostia-table-scroll")) throw new Error("it was checked before?");
  });
  await officer.step("takes a photo of the same passport, which is known now", async () => {
    await check(officer, {}, await photo(walk));
    await verdict(officer, "blue");
    if ((await officer.page.inputValue("#lines")) !== ZONE.join("\n")) throw new Error(`read: ${await officer.page.inputValue("#lines")}`);
    await officer.need("#earlier + .ostia-table-scroll tbody tr", "the check before");
    await shown(officer, "photo");
  });
  await officer.step("types a wrong date", async () => {
    await check(officer, { lines: `${ZONE[0]}\n${ZONE[1].replace("740812", "750812")}` });
    await verdict(officer, "yellow");
    if ((await officer.texts("#doubts li")).length < 2) throw new Error("what does not fit is not told");
    await shown(officer, "doubt");
  });
  await officer.step("scans a seal that its state signed", async () => {
    await check(officer, { lines: `${CARD.slice(0, 36)}\n${CARD.slice(36)}`, seal: sealOf(walk, CARD) });
    await verdict(officer, "green");
    await officer.need("#seal-result .govuk-tag--green", "the signature's state");
    await shown(officer, "seal");
  });
  await officer.step("scans a seal on which one letter was changed", async () => {
    const seal = sealOf(walk, CARD);
    await check(officer, { seal: `${seal.slice(0, 60)}${seal[60] === "0" ? "1" : "0"}${seal.slice(61)}` });
    await verdict(officer, "red");
  });
  await officer.step("pastes what is no seal", async () => {
    await check(officer, { seal: "https://example.org/" });
    await officer.need('.govuk-error-summary a[href="#seal"]', "a mistake of the seal");
  });
  await officer.step("sends a picture without lines", async () => {
    const path = join(walk.server.data, "none.png");
    await officer.page.screenshot({ path, clip: { x: 0, y: 0, width: 300, height: 100 } });
    await check(officer, {}, path);
    await officer.need('.govuk-error-summary a[href="#photo"]', "a mistake of the photo");
  });
  await officer.step("sends no file of a chip", async () => {
    await checkChip(officer, []);
    await officer.need('.govuk-error-summary a[href="#chip"]', "that a file is missing");
  });
  await officer.step("checks a chip that its state signed", async () => {
    await checkChip(officer, chipOf(walk));
    await officer.need("#chip-result .govuk-tag--green", `that the group is as it was signed: ${await officer.text("#chip-result")}`);
    await shown(officer, "chip");
  });
  await officer.step("checks a chip on which a name was changed", async () => {
    const [sod, dg1] = chipOf(walk);
    dg1.buffer = Buffer.from(dg1.buffer.toString("latin1").replace("ANNA", "ANJA"), "latin1");
    await checkChip(officer, [sod, dg1]);
    await verdict(officer, "red");
  });
  await officer.leave();
}
