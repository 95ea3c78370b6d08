#!/usr/bin/env node
// Builds style sheets, scripts and pictures for the pages:
//   assets.mjs SOURCE_DIR OUT_DIR OUT.c DEPFILE
// Each file gets a hash of its content into its name and .br and .gz twins, and all of them go into OUT.c (tools/embed).
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { createRequire } from "node:module";

const [source, out, embedded, depfile] = process.argv.slice(2).map((p) => resolve(p));
if (!depfile) {
  console.error("usage: assets.mjs SOURCE_DIR OUT_DIR OUT.c DEPFILE");
  process.exit(2);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
const require = createRequire(join(root, "package.json"));
const sass = require("sass");
const rtlcss = require("rtlcss");
const esbuild = require("esbuild");
const inputs = new Set([fileURLToPath(import.meta.url), source, join(source, "js"), join(source, "js", "policy"),
  join(root, "package-lock.json")]);

function put(name, content) {
  const bytes = Buffer.from(content);
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 12);
  const ending = extname(name);
  const hashed = join(out, `${basename(name, ending)}.${hash}${ending}`);
  writeFileSync(hashed, bytes);
  if (bytes.length < 256 || ending === ".png" || ending === ".woff2") return basename(hashed);
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
  writeFileSync(hashed + ".br", brotliCompressSync(bytes, options));
  writeFileSync(hashed + ".gz", gzipSync(bytes, { level: 9 }));
  return basename(hashed);
}

// Pictures that the moj components name, and the signs of the editors.
const FOLDERS = {
  "images": () => "@ministryofjustice/frontend/moj/assets/images",
  "fonts": (name) => (name.startsWith("bpmn") ? "bpmn-js/dist/assets/bpmn-font/font" : "dmn-js/dist/assets/dmn-font/font"),
};
function pictures(css) {
  return css.replace(/url\("?\/assets\/(images|fonts)\/([\w.-]+)"?\)/g, (_, kind, name) =>
    `url(/assets/${put(name, readFileSync(join(modules, FOLDERS[kind](name), name)))})`);
}

function styles(file) {
  const result = sass.compile(file, { style: "compressed", loadPaths: [modules, root], quietDeps: true, logger: sass.Logger.silent });
  for (const url of result.loadedUrls) if (url.protocol === "file:") inputs.add(fileURLToPath(url));
  const name = basename(file, ".scss");
  const css = pictures(result.css.replace(/^\uFEFF/, ""));
  put(name + ".css", css);
  put(name + "-rtl.css", rtlcss.process(css));
}

// The editors' own input fields (CodeMirror) put their styles into the page as <style>, which our pages forbid; a style
// sheet that is adopted is allowed, and is what style-mod does in a shadow tree.
const adopted = {
  name: "adopted",
  setup(build) {
    build.onLoad({ filter: /style-mod[\\/](src|dist)[\\/]style-mod\.(c?js|mjs)$/ }, ({ path }) => {
      const text = readFileSync(path, "utf8"), asks = "if (!root.head && root.adoptedStyleSheets";
      if (!text.includes(asks)) throw new Error("style-mod no longer asks for a shadow tree: look at tools/assets.mjs");
      return { contents: text.replace(asks, "if (root.adoptedStyleSheets") };
    });
  },
};

// What the editors' makers write into an attribute is said in our style sheets instead: such styles are forbidden too.
const unstyled = {
  name: "unstyled",
  setup(build) {
    build.onLoad({ filter: /dmn-js-[\w-]+[\\/]lib[\\/].*(PoweredByUtil|DragAndDrop)\.js$/ }, ({ path }) =>
      ({ contents: readFileSync(path, "utf8").replaceAll(' style="', ' data-style="').replaceAll("'style=\"", "'data-style=\"") }));
  },
};

async function script(file) {
  const result = await esbuild.build({
    entryPoints: [file], bundle: true, minify: true, format: "esm", target: "es2020", write: false, metafile: true,
    nodePaths: [modules], legalComments: "none", logLevel: "error", plugins: [adopted, unstyled],
  });
  for (const input of Object.keys(result.metafile.inputs)) inputs.add(resolve(input));
  put(basename(file), result.outputFiles[0].contents);
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const name of readdirSync(source).sort()) {
  const file = join(source, name);
  if (!statSync(file).isFile()) continue;
  inputs.add(file);
  if (name.startsWith("_")) continue;
  if (name.endsWith(".scss")) styles(file);
  else put(name, readFileSync(file));
}
for (const name of readdirSync(join(source, "js")).sort()) if (name.endsWith(".js")) await script(join(source, "js", name));

const files = readdirSync(out).sort().map((name) => join(out, name));
execFileSync(join(root, "tools/embed"), ["files", "WEB_ASSETS", embedded, out, ...files], { stdio: "inherit" });
const escaped = [...inputs].filter((p) => !p.startsWith(modules)).map((p) => p.replaceAll(" ", "\\ "));
writeFileSync(depfile, `${basename(embedded)}: ${escaped.join(" ")}\n`);
