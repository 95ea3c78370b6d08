// Processes a second from start to end with bpmn-engine, the model parsed once: node other.mjs MODEL SECONDS
import { readFileSync } from 'node:fs';
import { Engine } from 'bpmn-engine';
import BpmnModdle from 'bpmn-moddle';

const source = readFileSync(process.argv[2], 'utf8');
const until = Number(process.argv[3]) * 1e9;
const moddleContext = await new BpmnModdle().fromXML(source);
let called = 0;
const services = { work: (scope, callback) => { called++; callback(null, true); } };

async function once() {
  const engine = new Engine({ name: 'bench', moddleContext, services });
  const ended = engine.waitFor('end');
  await engine.execute();
  await ended;
}

for (let i = 0; i < 50; i++) await once(); // warm
called = 0;
let done = 0;
const began = process.hrtime.bigint();
let spent = 0;
while (spent < until) {
  for (let i = 0; i < 20; i++) await once();
  done += 20;
  spent = Number(process.hrtime.bigint() - began);
}
if (called < done) throw new Error('the service tasks did not run');
console.log((done / spent * 1e9).toFixed(0));
