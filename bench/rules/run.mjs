// What src/rules does beside @gorules/zen-engine and feelin, in one run:
//   node run.mjs PROGRAM FOLDER       PROGRAM is rules_speed, FOLDER for files that both read
// Both sides get the same table (table.json) and the same expressions (expressions.json), and must give the same
// results before anything is measured. Rounds of both sides alternate; medians are printed.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { ZenDecisionContent, ZenEngine } from '@gorules/zen-engine';
import { evaluate } from 'feelin';

const [program, folder] = process.argv.slice(2);
const ROUNDS = Number(process.env.ROUNDS ?? 7);
const ROUND_MS = 700;
const LARGE_RULES = 16000;

const here = (name) => new URL(name, import.meta.url);
const json = (name) => JSON.parse(readFileSync(here(name)));
const version = (name) => json(`node_modules/${name}/package.json`).version;
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const thousands = (n) => Math.round(n).toLocaleString('en');

function ours(...words) {
  return execFileSync(program, words, { encoding: 'utf8', maxBuffer: 1 << 26 });
}

function file(name, content) {
  const path = `${folder}/${name}`;
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function mustBeSame(what, got, wanted) {
  if (isDeepStrictEqual(got, wanted)) return;
  console.error(`${what}: ${JSON.stringify(got)} here, ${JSON.stringify(wanted)} there`);
  process.exit(1);
}

// ---- one table, written twice

const escaped = (s) => s.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const cell = (element, s) => `<${element}><text>${escaped(s)}</text></${element}>`;

function toDmn(table, policy) {
  const [[output, outputType]] = Object.entries(table.output);
  const inputs = Object.entries(table.inputs);
  return `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="urn:bench">
${inputs.map(([name, type]) => `<inputData id="${name}" name="${name}"><variable name="${name}" typeRef="${type}"/></inputData>`).join('\n')}
<decision id="decision" name="${table.name}"><variable name="${table.name}" typeRef="${outputType}"/>
${inputs.map(([name]) => `<informationRequirement><requiredInput href="#${name}"/></informationRequirement>`).join('\n')}
<decisionTable hitPolicy="${policy}">
${inputs.map(([name, type]) => `<input><inputExpression typeRef="${type}"><text>${name}</text></inputExpression></input>`).join('\n')}
<output name="${output}" typeRef="${outputType}"/>
${table.rules.map((r) => `<rule>${r.slice(0, -1).map((c) => cell('inputEntry', c)).join('')}${cell('outputEntry', r.at(-1))}</rule>`).join('\n')}
</decisionTable></decision></definitions>`;
}

function toJdm(table) {
  const inputs = Object.keys(table.inputs);
  const [output] = Object.keys(table.output);
  const at = { position: { x: 0, y: 0 } };
  return {
    contentType: 'application/vnd.gorules.decision',
    nodes: [
      { id: 'in', type: 'inputNode', name: 'in', ...at },
      {
        id: 'table', type: 'decisionTableNode', name: 'table', ...at,
        content: {
          hitPolicy: 'first',
          inputs: inputs.map((name) => ({ id: name, name, field: name })),
          outputs: [{ id: output, name: output, field: output }],
          rules: table.rules.map((r, i) => ({
            _id: `r${i}`,
            ...Object.fromEntries(inputs.map((name, k) => [name, r[k]])),
            [output]: r.at(-1),
          })),
        },
      },
      { id: 'out', type: 'outputNode', name: 'out', ...at },
    ],
    edges: [
      { id: 'e1', sourceId: 'in', targetId: 'table', type: 'edge' },
      { id: 'e2', sourceId: 'table', targetId: 'out', type: 'edge' },
    ],
  };
}

function smallInputs() {
  const procedures = ['regular', 'accelerated', 'border', 'transfer', 'relocation'];
  return Array.from({ length: 64 }, (_, i) => ({ age: (i * 17) % 90, procedure: procedures[i % procedures.length] }));
}

// 200 places, each with 80 bands of distance.
function largeTable() {
  const rules = [];
  for (let i = 0; i < LARGE_RULES; i++) {
    const low = Math.floor(i / 200) * 5;
    rules.push([`"place ${i % 200}"`, `[${low}..${low + 5})`, `"office ${(i * 7) % 1000}"`]);
  }
  return { name: 'Office', inputs: { place: 'string', distance: 'number' }, output: { office: 'string' }, rules };
}

const largeInputs = Array.from({ length: 1000 }, (_, i) => ({ place: `place ${(i * 37) % 200}`, distance: (i * 131) % 400 }));

// ---- the other side

async function zenRate(decision, inputs) {
  const end = performance.now() + ROUND_MS;
  const began = performance.now();
  let count = 0;
  while (performance.now() < end)
    for (let i = 0; i < 100; i++) await decision.evaluate(inputs[count++ % inputs.length]);
  return (count * 1000) / (performance.now() - began);
}

function feelinRate(expressions) {
  const end = performance.now() + ROUND_MS;
  const began = performance.now();
  let count = 0;
  while (performance.now() < end)
    for (const { feel, context } of expressions) evaluate(feel, context), count++;
  return (count * 1000) / (performance.now() - began);
}

// Numbers to 12 digits, because feelin has only binary ones; dates as text.
function plain(value) {
  if (typeof value === 'number') return Number(value.toPrecision(12));
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== 'object') return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return String(value);
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
}

// ---- the run

const table = json('table.json');
const model = file('table.dmn', toDmn(table, 'FIRST'));
const inputs = smallInputs();
const inputFile = file('inputs.json', inputs);
const engine = new ZenEngine();
const decision = engine.createDecision(new ZenDecisionContent(toJdm(table)));
const [output] = Object.keys(table.output);
const zenValues = [];
for (const input of inputs) zenValues.push((await decision.evaluate(input)).result[output]);
mustBeSame('table', JSON.parse(ours('values', model, table.name, inputFile)), zenValues);

// Each expression gets the names that it reads: feelin looks at all it is given.
const all = json('expressions.json');
const expressions = all.expressions.map((feel) => ({
  feel, context: Object.fromEntries(Object.entries(all.context).filter(([name]) => feel.includes(name))),
}));
const expressionFile = file('expressions.json', expressions);
const results = JSON.parse(ours('results', expressionFile));
expressions.forEach(({ feel, context }, i) =>
  mustBeSame(feel, plain(results[i]), plain(evaluate(feel, context).value)));

const largeModel = file('large.dmn', toDmn(largeTable(), 'UNIQUE'));
const largeInputFile = file('large.json', largeInputs);
const offices = JSON.parse(ours('values', largeModel, 'Office', largeInputFile));
mustBeSame('large table', offices, largeInputs.map(({ place, distance }) =>
  `office ${((Math.floor(distance / 5) * 200 + Number(place.slice(6))) * 7) % 1000}`));

const rates = { table: [], zen: [], compiled: [], parsed: [], feelin: [], large: [] };
for (let round = 0; round < ROUNDS; round++) {
  rates.table.push(Number(ours('table', model, table.name, inputFile)));
  rates.zen.push(await zenRate(decision, inputs));
  rates.compiled.push(Number(ours('compiled', expressionFile)));
  rates.feelin.push(feelinRate(expressions));
  rates.parsed.push(Number(ours('parsed', expressionFile)));
  rates.large.push(Number(ours('table', largeModel, 'Office', largeInputFile)));
}
engine.dispose();

const m = Object.fromEntries(Object.entries(rates).map(([k, list]) => [k, median(list)]));
const rounds = (k) => rates[k].map(thousands).join(' ');
console.log(`@gorules/zen-engine ${version('@gorules/zen-engine')}, feelin ${version('feelin')}, node ${process.version}; `
  + `medians of ${ROUNDS} interleaved rounds, one thread`);
console.log(`table of ${table.rules.length} rules, 2 inputs: ${thousands(m.table)} a second; zen-engine ${thousands(m.zen)} `
  + `(one decision from ZenDecisionContent, evaluate() awaited one after the other; it has no call that does not wait): `
  + `${(m.table / m.zen).toFixed(0)} times`);
console.log(`${expressions.length} FEEL expressions, compiled: ${thousands(m.compiled)} a second; feelin ${thousands(m.feelin)} `
  + `(evaluate(), which parses each time; it has no call that does not): ${(m.compiled / m.feelin).toFixed(0)} times`);
console.log(`the same, parsed at each call: ${thousands(m.parsed)} a second: ${(m.parsed / m.feelin).toFixed(0)} times`);
console.log(`table of ${thousands(LARGE_RULES)} rules, 2 inputs: ${(1e6 / m.large).toFixed(2)} us an evaluation`);
for (const k of Object.keys(rates)) console.log(`  rounds ${k}: ${rounds(k)}`);
