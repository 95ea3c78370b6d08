// policy_form.js - a form in the editor of form-js.
import { FormEditor } from "@bpmn-io/form-js-editor";
import { bridge } from "./policy/bridge.js";

bridge(async ({ place, changed }) => {
  const editor = new FormEditor({ container: place });
  let version;   // of the schema: the file keeps its own
  editor.on("changed", changed);
  return {
    async draw(text) {
      const schema = JSON.parse(text);
      version = schema.schemaVersion;
      const { warnings } = await editor.importSchema(schema);
      if (warnings?.length) throw warnings[0];
    },
    write: async () => {
      const schema = editor.saveSchema();
      if (version) schema.schemaVersion = version;
      delete schema.exporter;
      return `${JSON.stringify(schema, null, 2)}\n`;
    },
  };
});
