// Zones a second that npm mrz reads: node other.mjs FILE SECONDS
import { readFileSync } from 'node:fs';
import { parse } from 'mrz';

const zones = readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).map((l) => l.split(' '));
const until = Number(process.argv[3]) * 1e9;
const once = (i) => {
  const m = parse(zones[i % zones.length]);
  // it knows no UTO, the country of specimens, and so calls no such zone valid; the rest is read the same
  if (!m.fields.documentNumber || !m.fields.birthDate) throw new Error(`not read right: ${zones[i % zones.length]}`);
};
for (let i = 0; i < 20000; i++) once(i); // warm
let done = 0, spent = 0;
const began = process.hrtime.bigint();
while (spent < until) {
  for (let i = 0; i < 1000; i++) once(i);
  done += 1000;
  spent = Number(process.hrtime.bigint() - began);
}
console.log((done / spent * 1e9).toFixed(0));
