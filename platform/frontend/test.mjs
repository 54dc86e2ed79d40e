// Bundles the tests of the pure modules and hands them to node's own test runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const outdir = mkdtempSync(path.join(tmpdir(), "gradetape-frontend-"));
const tests = readdirSync("tests").filter((name) => name.endsWith(".test.ts"));
await build({
  entryPoints: tests.map((name) => `tests/${name}`),
  outdir,
  bundle: true,
  platform: "node",
  format: "esm",
  outExtension: { ".js": ".mjs" },
  loader: { ".svg": "text" },
  logLevel: "warning",
});
const run = spawnSync(process.execPath, ["--test", ...readdirSync(outdir).map((name) => path.join(outdir, name))], { stdio: "inherit" });
rmSync(outdir, { recursive: true });
process.exit(run.status ?? 1);
