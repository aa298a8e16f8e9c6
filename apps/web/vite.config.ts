import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Of eleven: the last two take five times as long for three percent less. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

/** A compressed twin beside each text file: the API sends it as it lies there, and compresses nothing while it answers. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    writeBundle({ dir = '' }) {
      const assets = join(dir, 'assets');
      for (const name of readdirSync(assets).filter((name) => /\.(js|css|svg)$/.test(name))) {
        writeFileSync(join(assets, `${name}.br`), brotliCompressSync(readFileSync(join(assets, name)), QUALITY));
      }
    },
  };
}

/** Names of assets hold the digest of their content, so that browsers may keep them for ever. Nothing is inlined: the policy of the page forbids it. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    // Notices of the packages that the page consists of.
    license: { fileName: 'licences.md' },
    reportCompressedSize: false,
    // Libraries mark modules for servers that render React; there is none here.
    rolldownOptions: {
      checks: { moduleLevelDirective: false, pluginTimings: false },
      // What is imported first runs first, whichever file it lies in: zod is told of the policy before any schema is made.
      output: { strictExecutionOrder: true },
    },
  },
  plugins: [compressed()],
  // While developing: `npx vite apps/web`, with the stack's API behind it.
  server: { proxy: { '/v1': process.env['TITRATE_SERVER'] ?? 'http://127.0.0.1:8080' } },
});
