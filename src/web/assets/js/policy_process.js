// policy_process.js - a process in the modeler of bpmn-js, with what matters of an element at its side.
import Modeler from "bpmn-js/lib/Modeler";
import zeebe from "zeebe-bpmn-moddle/resources/zeebe.json";
import { bridge } from "./policy/bridge.js";
import { side } from "./policy/side.js";

const PALETTE = 120;   // px, with some air

// All of it, beside the palette.
function fit(canvas) {
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(1, (outer.width - PALETTE) / inner.width, outer.height / inner.height) || 1;
  const width = outer.width / scale, height = outer.height / scale;
  canvas.viewbox({ x: inner.x - PALETTE / scale, y: inner.y + (inner.height - height) / 2, width, height });
}

let isDrawn = false;   // once; later it stays where the person looks
bridge(async ({ editor, place, changed }) => {
  const modeler = new Modeler({ container: place, moddleExtensions: { zeebe } });
  modeler.on("commandStack.changed", changed);
  side(modeler, editor.querySelector("[data-side]"));
  return {
    async draw(text) {
      const { warnings } = await modeler.importXML(text);
      if (warnings.length) throw warnings[0];
      if (!isDrawn) fit(modeler.get("canvas"));
      isDrawn = true;
    },
    write: async () => (await modeler.saveXML({ format: true })).xml,
  };
});
