// Builds what the browser loads: one style sheet, our script, htmx and the Bangla font, each under a name that holds a hash of its
// content (so that it may be cached for ever) with a compressed copy beside it. `static/built/manifest.json` maps plain names to built ones.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "static", "built");
const packages = createRequire(import.meta.url);
const folderOf = (name) => dirname(packages.resolve(`${name}/package.json`));
const COMPRESSED = new Set([".css", ".js", ".svg"]);
const manifest = {};

async function put(name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 10);
  const extension = extname(name);
  const built = `${name.slice(0, -extension.length)}.${hash}${extension}`;
  await place(built, content);
  if (COMPRESSED.has(extension)) await place(`${built}.gz`, gzipSync(content, { level: 9 }));
  manifest[name] = built;
}

// Two builds may run at once (a test and `make run`): a reader never sees half a file.
async function place(name, content) {
  const unfinished = join(output, `.${name}.${process.pid}`);
  await writeFile(unfinished, content);
  await rename(unfinished, join(output, name));
}

const withBuiltNames = (css) => css.replace(/url\("built:([^"]+)"\)/g, (_, name) => `url("${manifest[name]}")`);

// One weight: the browser thickens it for headings, and a first visit stays under 100 kB (two weights alone are 92 kB).
async function fonts() {
  const folder = join(folderOf("@fontsource/noto-sans-bengali"), "files");
  await put("noto-sans-bengali.woff2", await readFile(join(folder, "noto-sans-bengali-bengali-400-normal.woff2")));
}

async function styles() {
  const { css } = sass.compile(join(here, "assets", "portal.scss"), {
    style: "compressed",
    quietDeps: true,
    importers: [{ findFileUrl: (url) => url.startsWith("govuk/") ? pathToFileURL(join(folderOf("govuk-frontend"), "dist", url)) : null }],
  });
  await put("portal.css", withBuiltNames(css));
}

// A script that imports another stands after it in this list: its import then names the built file.
const SCRIPTS = ["portal.js", "desk.js", "uploads.js", "place.js", "progress.js", "field-store.js", "field-seal.js", "field-form.js", "field-sync.js", "field.js", "field-sw.js", "notices.js"];

async function scripts() {
  await put("htmx.js", await readFile(join(folderOf("htmx.org"), "dist", "htmx.min.js")));
  await put("qr.js", await readFile(join(dirname(packages.resolve("lean-qr")), "index.mjs")));
  for (const name of SCRIPTS) {
    const script = await readFile(join(here, "assets", name), "utf8");
    await put(name, script.replace(/"built:([^"]+)"/g, (_, other) => `"./${manifest[other]}"`));
  }
  await put("icon.svg", await readFile(join(here, "assets", "icon.svg")));
}

async function removeOlder() {
  const kept = new Set(Object.values(manifest).flatMap((name) => [name, `${name}.gz`]).concat("manifest.json"));
  for (const name of await readdir(output)) {
    if (!kept.has(name) && !name.startsWith(".")) await rm(join(output, name), { force: true });
  }
}

await mkdir(output, { recursive: true });
await fonts();
await styles();
await scripts();
await place("manifest.json", JSON.stringify(manifest, null, 1));
await removeOlder();
