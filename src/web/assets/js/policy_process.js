// policy_process.js - a process in the modeler of bpmn-js, with what matters of an element at its side.
import Modeler from "bpmn-js/lib/Modeler";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { bridge } from "./policy/bridge.js";
import { side } from "./policy/side.js";

bridge(async ({ editor, place, changed }) => {
  const modeler = new Modeler({ container: place, moddleExtensions: { zeebe } });
  modeler.on("commandStack.changed", changed);
  side(modeler, editor.querySelector("[data-side]"));
  return {
    async draw(text) {
      const { warnings } = await modeler.importXML(text);
      if (warnings.length) throw warnings[0];
      modeler.get("canvas").zoom("fit-viewport", "auto");
    },
    write: async () => (await modeler.saveXML({ format: true })).xml,
  };
});
