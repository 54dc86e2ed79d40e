// Builds the bundle that is committed: `npm run build`. Same sources, same bytes.
import { build, context } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const gradetape = path.join(here, "..", "gradetape");
const flags = new Map(process.argv.slice(2).map((flag) => flag.split("=")));
const outdir = path.resolve(flags.get("--outdir") ?? path.join(gradetape, "static", "dist"));
const icons = path.resolve(flags.get("--icons") ?? path.join(gradetape, "pages", "icons"));

/** Copies the shapes of the listed Lucide icons to where templates and scripts read them. */
async function copyIcons() {
  const names = (await readFile(path.join(here, "icons.txt"), "utf8")).split("\n").filter(Boolean);
  await rm(icons, { recursive: true, force: true });
  await mkdir(icons, { recursive: true });
  for (const name of names) {
    const svg = await readFile(path.join(here, "node_modules", "lucide-static", "icons", `${name}.svg`), "utf8");
    const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    await writeFile(path.join(icons, `${name}.svg`), shapes.replaceAll(/\n\s*/g, "") + "\n");
  }
}

/** What others wrote keeps its licence beside the bundle. */
async function copyLicences() {
  const lock = JSON.parse(await readFile(path.join(here, "package-lock.json"), "utf8"));
  const shipped = Object.entries(lock.packages)
    .filter(([place, entry]) => place.startsWith("node_modules/") && (!entry.dev || place.endsWith("lucide-static")) && !entry.optional)
    .map(([place]) => place)
    .sort();
  const texts = [];
  for (const place of shipped) {
    const files = await readdir(path.join(here, place));
    const licence = files.find((file) => /^licen[cs]e/i.test(file));
    const text = licence ? await readFile(path.join(here, place, licence), "utf8") : `Licence: ${lock.packages[place].license}\n`;
    texts.push(`== ${place.slice("node_modules/".length)} ${lock.packages[place].version}\n\n${text.trim()}\n`);
  }
  await writeFile(path.join(outdir, "LICENSES.txt"), texts.join("\n\n"));
}

/** A late script takes CodeMirror from the page, which has it already: see src/shared.ts. */
const codemirrorOfThePage = {
  name: "codemirror-of-the-page",
  setup(late) {
    late.onResolve({ filter: /^@codemirror\/(autocomplete|commands|language|search|state|view)$/ }, ({ path: name }) => ({ path: name, namespace: "page" }));
    late.onLoad({ filter: /.*/, namespace: "page" }, ({ path: name }) => ({ contents: `module.exports = globalThis.gradetape.codemirror[${JSON.stringify(name)}];` }));
  },
};

const options = {
  absWorkingDir: here,
  entryPoints: [
    { in: "src/app.ts", out: "app" },
    { in: "src/boot.ts", out: "boot" },
    { in: "src/workbench.ts", out: "workbench" },
    { in: "src/interview.ts", out: "interview" },
    { in: "src/studio.ts", out: "studio" },
    { in: "src/review.ts", out: "review" },
    { in: "src/replay.ts", out: "replay" },
    { in: "src/proof.ts", out: "proof" },
    { in: "styles/app.css", out: "app" },
    { in: "styles/admin.css", out: "admin" },
  ],
  outdir,
  entryNames: "[name]",
  assetNames: "[name]",
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome123", "firefox120", "safari17.5"],
  loader: { ".woff2": "file", ".svg": "text" },
  legalComments: "none",
  logLevel: "warning",
};

// The Emacs package marks as pure what binds its keys; believed, that would be left out.
const late = {
  ...options,
  entryPoints: [{ in: "src/vim.ts", out: "vim" }, { in: "src/emacs.ts", out: "emacs" }],
  plugins: [codemirrorOfThePage],
  ignoreAnnotations: true,
};

await copyIcons();
if (flags.has("--watch")) {
  for (const one of [options, late]) await (await context(one)).watch();
} else {
  await rm(outdir, { recursive: true, force: true });
  for (const one of [options, late]) await build(one);
  await copyLicences();
}
