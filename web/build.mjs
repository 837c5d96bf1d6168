// Builds the application (dist/app) and the report's script and style (dist/report), packs what is served, and
// writes dist/stamp last: the Rust build takes the stamp's time as that of the whole.
import { readdirSync, readFileSync, rmSync, writeFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const jsx = { jsx: { runtime: "automatic", importSource: "preact" } };
const common = {
  configFile: false,
  logLevel: process.env.LOCKSTEP_WEB_LOG ?? "warn",
  oxc: jsx,
};

for (const folder of ["app", "report", "stamp"]) {
  rmSync(join("dist", folder), { recursive: true, force: true });
}
await build({
  ...common,
  define: { __REPORT__: "false" },
  build: {
    outDir: "dist/app",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
await build({
  ...common,
  publicDir: false,
  resolve: { alias: [{ find: /^\.\.\/map\/gl$/, replacement: join(import.meta.dirname, "src/map/none.ts") }] },
  define: { __REPORT__: "true", "process.env.NODE_ENV": '"production"' },
  build: {
    outDir: "dist/report",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 4000,
    cssCodeSplit: false,
    assetsInlineLimit: 1e9,
    modulePreload: false,
    rolldownOptions: {
      input: "src/main.tsx",
      output: { codeSplitting: false, entryFileNames: "report.js", assetFileNames: "report[extname]" },
    },
  },
});

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* files(path);
    else yield path;
  }
}
let sum = 0;
const served = Array.from(files("dist/app"));
for (const path of served) {
  const packed = gzipSync(readFileSync(path), { level: 9 });
  sum += packed.length;
  if (packed.length < statSync(path).size) writeFileSync(`${path}.gz`, packed);
}
// The bound of the project: everything the desk can load, packed.
const most = 1.5 * 1024 * 1024;
if (sum > most) throw new Error(`the application is ${sum} bytes packed, over ${most}`);
console.log(`application: ${(sum / 1024).toFixed(0)} KB packed`);
writeFileSync("dist/stamp", `${sum}\n`);
