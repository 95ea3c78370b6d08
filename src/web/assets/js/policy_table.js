// policy_table.js - decision tables in dmn-js. It speaks DMN 1.3, which later versions only add to: what it does not know
// is edited as text.
import Modeler from "dmn-js/lib/Modeler";
import { bridge } from "./policy/bridge.js";

const SPOKEN = "https://www.omg.org/spec/DMN/20191111/";

bridge(async ({ editor, place, changed }) => {
  const modeler = new Modeler({ container: place });
  const buttons = editor.querySelector("[data-views]");
  let written = SPOKEN;   // what the file speaks
  let shown;            // id of the table
  const watched = new Set();

  const watch = () => {
    const viewer = modeler.getActiveViewer();
    if (!viewer || watched.has(viewer)) return;
    watched.add(viewer);
    viewer.on("commandStack.changed", changed);
  };
  const show = async (view) => {
    await modeler.open(view);
    shown = view.element.id;
    watch();
    for (const button of buttons.children) button.setAttribute("aria-pressed", String(button.dataset.id === view.element.id));
  };
  const offer = () => {
    buttons.replaceChildren();
    for (const view of modeler.getViews()) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "govuk-button govuk-button--secondary";
      button.dataset.id = view.element.id;
      button.textContent = view.name || view.element.name || view.element.id;
      button.addEventListener("click", () => show(view));
      buttons.append(button);
    }
  };
  return {
    async draw(text) {
      written = text.match(/https:\/\/www\.omg\.org\/spec\/DMN\/\d+\//)?.[0] || SPOKEN;
      const { warnings } = await modeler.importXML(text.replaceAll(written, SPOKEN), { open: false });
      if (warnings.length) throw warnings[0];
      offer();
      const views = modeler.getViews();
      await show(views.find((v) => v.element.id === shown) || views.find((v) => v.type === "decisionTable") || views[0]);
    },
    write: async () => (await modeler.saveXML({ format: true })).xml.replaceAll(SPOKEN, written),
  };
});
