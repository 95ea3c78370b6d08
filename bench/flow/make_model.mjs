// A process of COUNT service tasks in a row, for both sides: node make_model.mjs COUNT
const count = Number(process.argv[2]);
const steps = ['<startEvent id="start"/>'];
let last = 'start';
for (let i = 1; i <= count; i++) {
  steps.push(`<serviceTask id="t${i}" implementation="\${environment.services.work}"/>`);
  steps.push(`<sequenceFlow id="f${i}" sourceRef="${last}" targetRef="t${i}"/>`);
  last = `t${i}`;
}
steps.push('<endEvent id="end"/>', `<sequenceFlow id="f0" sourceRef="${last}" targetRef="end"/>`);
console.log(`<?xml version="1.0" encoding="UTF-8"?>
<definitions id="d" xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:bench">
<process id="p" isExecutable="true">${steps.join('\n')}</process></definitions>`);
