// side.js - what matters of the chosen element of a process: name, groups, form, condition, timer, properties.
import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";

// Fields by name; the words come from the page (data-NAME). An extension is [type, property].
const FIELDS = [
  { name: "name", for: () => true, own: "name" },
  { name: "groups", for: (e) => is(e, "bpmn:UserTask"), extension: ["zeebe:AssignmentDefinition", "candidateGroups"] },
  { name: "form", for: (e) => is(e, "bpmn:UserTask"), extension: ["zeebe:FormDefinition", "formId"] },
  { name: "decision", for: (e) => is(e, "bpmn:BusinessRuleTask"), extension: ["zeebe:CalledDecision", "decisionId"] },
  { name: "result", for: (e) => is(e, "bpmn:BusinessRuleTask"), extension: ["zeebe:CalledDecision", "resultVariable"] },
  { name: "script", for: (e) => is(e, "bpmn:ScriptTask"), extension: ["zeebe:Script", "expression"] },
  { name: "result", for: (e) => is(e, "bpmn:ScriptTask"), extension: ["zeebe:Script", "resultVariable"] },
  { name: "type", for: (e) => is(e, "bpmn:ServiceTask") || is(e, "bpmn:SendTask"), extension: ["zeebe:TaskDefinition", "type"] },
  { name: "called", for: (e) => is(e, "bpmn:CallActivity"), extension: ["zeebe:CalledElement", "processId"] },
  { name: "condition", for: (e) => is(e, "bpmn:SequenceFlow"), expression: (e) => [getBusinessObject(e), "conditionExpression"] },
  { name: "duration", for: timer, expression: (e) => [timer(e), "timeDuration"] },
  { name: "date", for: timer, expression: (e) => [timer(e), "timeDate"] },
  { name: "cycle", for: timer, expression: (e) => [timer(e), "timeCycle"] },
  { name: "message", for: message, message: "name" },
  { name: "key", for: message, message: "correlationKey" },
  { name: "properties", for: () => true, pairs: ["zeebe:Properties", "properties", "zeebe:Property", "name", "value"] },
  { name: "headers", for: (e) => is(e, "bpmn:ServiceTask") || is(e, "bpmn:SendTask"),
    pairs: ["zeebe:TaskHeaders", "values", "zeebe:Header", "key", "value"] },
];

function definition(element, type) {
  return (getBusinessObject(element).eventDefinitions || []).find((d) => is(d, type));
}
function timer(element) {
  return definition(element, "bpmn:TimerEventDefinition");
}
function message(element) {
  return definition(element, "bpmn:MessageEventDefinition")?.messageRef || (is(element, "bpmn:ReceiveTask") && getBusinessObject(element).messageRef);
}
function extension(object, type) {
  return (object.extensionElements?.values || []).find((v) => v.$type === type);
}

export function side(modeler, place) {
  const modeling = modeler.get("modeling"), moddle = modeler.get("moddle");
  place.dir = document.documentElement.dir;

  // The object with another extension of a type; null takes it away.
  function setExtension(element, object, type, values) {
    const others = (object.extensionElements?.values || []).filter((v) => v.$type !== type);
    const all = values ? [...others, moddle.create(type, values)] : others;
    const elements = all.length ? moddle.create("bpmn:ExtensionElements", { values: all }) : undefined;
    for (const v of all) v.$parent = elements;
    if (elements) elements.$parent = object;
    modeling.updateModdleProperties(element, object, { extensionElements: elements });
  }

  const read = {
    own: (element, field) => getBusinessObject(element).get(field.own) || "",
    extension: (element, field) => extension(getBusinessObject(element), field.extension[0])?.get(field.extension[1]) || "",
    expression: (element, field) => { const [object, name] = field.expression(element); return object.get(name)?.body || ""; },
    message: (element, field) => field.message === "name" ? message(element).name || "" : extension(message(element), "zeebe:Subscription")?.correlationKey || "",
    pairs: (element, field) => {
      const [type, list, , key, value] = field.pairs;
      return (extension(getBusinessObject(element), type)?.get(list) || []).map((p) => `${p.get(key)} = ${p.get(value) ?? ""}`).join("\n");
    },
  };
  const write = {
    own: (element, field, text) => modeling.updateProperties(element, { [field.own]: text || undefined }),
    extension: (element, field, text) => {
      const object = getBusinessObject(element), [type, name] = field.extension, old = extension(object, type);
      const values = {};
      for (const p of old ? moddle.getElementDescriptor(old).properties : [])
        if (old.get(p.name) !== undefined) values[p.ns.localName] = old.get(p.name);
      values[name] = text || undefined;
      setExtension(element, object, type, Object.values(values).some((v) => v !== undefined) ? values : null);
    },
    expression: (element, field, text) => {
      const [object, name] = field.expression(element);
      const made = text ? moddle.create("bpmn:FormalExpression", { body: text }) : undefined;
      if (made) made.$parent = object;
      modeling.updateModdleProperties(element, object, { [name]: made });
    },
    message: (element, field, text) => {
      if (field.message === "name") modeling.updateModdleProperties(element, message(element), { name: text });
      else setExtension(element, message(element), "zeebe:Subscription", text ? { correlationKey: text } : null);
    },
    pairs: (element, field, text) => {
      const [type, list, one, key, value] = field.pairs;
      const pairs = text.split("\n").map((line) => line.match(/^\s*([^=\s][^=]*?)\s*=\s*(.*?)\s*$/)).filter(Boolean);
      const items = pairs.map((m) => moddle.create(one, { [key]: m[1], [value]: m[2] }));
      setExtension(element, getBusinessObject(element), type, items.length ? { [list]: items } : null);
      for (const item of items) item.$parent = extension(getBusinessObject(element), type);
    },
  };

  function show(element) {
    place.replaceChildren();
    const words = document.createElement("p");
    words.className = "govuk-body";
    words.textContent = element ? `${place.dataset.id}: ` : place.dataset.choose;
    place.append(words);
    if (!element) return;
    const id = document.createElement("bdi");
    id.className = "ostia-code ostia-code--long";
    id.textContent = element.id;
    words.append(id);
    for (const field of FIELDS) if (field.for(element)) place.append(group(element, field));
  }

  function group(element, field) {
    const kind = Object.keys(read).find((k) => field[k]);
    const box = document.createElement("div"), label = document.createElement("label");
    const isLong = Boolean(field.pairs) || field.name === "script"; // an input would lose line breaks
    const input = document.createElement(isLong ? "textarea" : "input");
    box.className = "govuk-form-group";
    label.className = "govuk-label";
    label.htmlFor = input.id = `side-${FIELDS.indexOf(field)}`;
    label.textContent = field.pairs ? `${place.dataset[field.name]} (${place.dataset.pair})` : place.dataset[field.name];
    input.className = isLong ? "govuk-textarea" : "govuk-input";
    input.dir = "auto";
    input.spellcheck = false;
    if (isLong) input.rows = 4;
    input.value = read[kind](element, field);
    input.addEventListener("change", () => write[kind](element, field, input.value.trim()));
    box.append(label, input);
    return box;
  }

  show(null);
  modeler.on("selection.changed", ({ newSelection }) => {
    const one = newSelection.length === 1 ? newSelection[0] : null;
    show(one?.labelTarget || one);
  });
}
