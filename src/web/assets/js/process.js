// process.js - draws the process of a case: bpmn-js on an element such as
//   <div class="ostia-diagram" data-process="/cases/7/process.bpmn" data-active="task_check" data-visited="start,task_register"></div>
// Loaded by the case page only; the list beside it says the same without script.
import BpmnViewer from "bpmn-js/lib/NavigatedViewer";

async function draw(element) {
  const answer = await fetch(element.dataset.process, { headers: { Accept: "application/xml" } });
  if (!answer.ok) return;
  const viewer = new BpmnViewer({ container: element });
  await viewer.importXML(await answer.text());
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  const registry = viewer.get("elementRegistry");
  const mark = (ids, name) => {
    for (const id of (ids || "").split(",").filter(Boolean)) if (registry.get(id)) canvas.addMarker(id, name);
  };
  mark(element.dataset.visited, "ostia-visited");
  mark(element.dataset.active, "ostia-active");
}

for (const element of document.querySelectorAll("[data-process]")) draw(element);
