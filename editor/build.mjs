// Bundle the editor into one file, with the licences of what is in it: node build.mjs [FILE]
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const out = process.argv[2] ?? "../src/equipoise/server/page/codemirror.js";
const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const made = await build({
  entryPoints: ["editor.js"], bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8",
  write: false, metafile: true, legalComments: "none",
});

const packages = new Set(Object.keys(made.metafile.inputs)
  .filter((path) => path.startsWith("node_modules/"))
  .map((path) => path.split("/").slice(1, path.split("/")[1].startsWith("@") ? 3 : 2).join("/")));
const unpinned = [...packages].filter((name) => !(name in dependencies));
if (unpinned.length) throw new Error(`without an exact version in package.json: ${unpinned.join(", ")}`);

// Most have the same licence word for word: it stands once, under the names of all that have it.
const licences = new Map();
for (const name of [...packages].sort()) {
  const text = readFileSync(`node_modules/${name}/LICENSE`, "utf8").trim();
  licences.set(text, [...(licences.get(text) ?? []), `${name} ${dependencies[name]}`]);
}
const said = [...licences].map(([text, names]) => `${names.join(", ")}\n\n${text}`).join("\n\n----\n\n");
writeFileSync(out, `/*!\n${said.replaceAll("*/", "* /")}\n*/\n${made.outputFiles[0].text}`);
console.log(`${out}: ${(made.outputFiles[0].contents.length / 1e6).toFixed(2)} MB of ${packages.size} packages`);
