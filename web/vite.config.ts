import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { defineConfig, type Plugin } from "vite";
import { cataloguePlugin } from "./catalogue.ts";
import { licences } from "./licences.ts";

// Below this a compressed copy saves nothing.
const WORTH_BYTES = 1024;

/** Writes a brotli and a gzip copy beside every asset, so that the server compresses nothing. */
function compressed(): Plugin {
  return {
    name: "compressed",
    apply: "build",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        for (const [fileName, item] of Object.entries(bundle)) {
          const source = Buffer.from(item.type === "chunk" ? item.code : item.source);
          if (source.length < WORTH_BYTES) continue;
          const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } };
          const copies = {
            br: brotliCompressSync(source, quality),
            gz: gzipSync(source, { level: 9 }),
          };
          for (const [end, copy] of Object.entries(copies)) {
            this.emitFile({ type: "asset", fileName: `${fileName}.${end}`, source: copy });
          }
        }
      },
    },
  };
}

export default defineConfig({
  plugins: [cataloguePlugin(), licences(), compressed()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8477" } },
  build: {
    outDir: "../src/howdah/surfaces/web/bundle",
    emptyOutDir: true,
    target: "es2022",
    // Inlined files would be data: addresses, which the content policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
});
