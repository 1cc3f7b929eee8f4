/** Bundles the two workers into `dist/`, and the one that writes the demo. The office carries its stylesheet and its islands as text, so those come first. */
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const common: BuildOptions = {
  absWorkingDir: join(import.meta.dirname, '..'),
  bundle: true,
  logLevel: 'warning',
  jsx: 'automatic',
  jsxImportSource: 'preact',
};

const browser: BuildOptions = { ...common, platform: 'browser', format: 'esm', target: 'es2022', minify: true };

const worker: BuildOptions = {
  ...common,
  platform: 'neutral',
  format: 'esm',
  target: 'es2024',
  conditions: ['workerd', 'worker', 'browser'],
  mainFields: ['browser', 'module', 'main'],
  external: ['cloudflare:*', 'node:*'],
  loader: { '.txt': 'text' },
};

async function buildOffice() {
  await Promise.all([
    build({ ...browser, entryPoints: ['admin/islands/main.ts'], outfile: 'dist/islands.txt' }),
    // No target: a lowered light-dark() would need both themes twice.
    build({ ...common, entryPoints: ['admin/ui/style.css'], outfile: 'dist/style.txt', minify: true }),
  ]);
  await build({ ...worker, entryPoints: ['admin/index.tsx'], outfile: 'dist/office.js' });
}

try {
  await Promise.all([
    build({ ...worker, entryPoints: ['worker/index.ts'], outfile: 'dist/tracker.js' }),
    build({ ...worker, entryPoints: ['scripts/demo-worker.ts'], outfile: 'dist/demo.js' }),
    buildOffice(),
  ]);
} catch (error) {
  // What esbuild says of the source it has printed already, with the line.
  if (!(error instanceof Error && 'errors' in error)) console.error(error);
  console.error('The build failed.');
  process.exitCode = 1;
}
