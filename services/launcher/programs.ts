// The services as programs of one file each: made at every start, they load seven times faster.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..', '..');
const require = createRequire(import.meta.url);

/** What packages in CommonJS expect to find; the name differs from what they import themselves. */
const banner = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;
`;

/** Our sources read contracts and migrations beside themselves: they keep their place. */
const keepPlaces: Plugin = {
  name: 'keep-places',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      if (!text.includes('import.meta')) return undefined;
      const contents = text
        .replaceAll('import.meta.dirname', JSON.stringify(dirname(path)))
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href));
      return { contents, loader: 'ts' };
    });
  },
};

/** Native code cannot be put into a program: it is loaded from where it is installed. */
const nativePackages: Plugin = {
  name: 'native-packages',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^@node-rs\/argon2$/ }, ({ path }) => ({
      path: pathToFileURL(require.resolve(path)).href,
      external: true,
    }));
  },
};

/**
 * Writes one program for each folder below services/ and gives its path back by folder.
 * Errors (rejects): a source does not build.
 */
export async function buildPrograms(
  folders: readonly string[],
  directory: string,
): Promise<(folder: string) => string> {
  await build({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(
      folders.map((folder) => [folder, join(root, 'services', folder, 'main.ts')]),
    ),
    outdir: directory,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: banner },
    // pg tries this one and goes on without it.
    external: ['pg-native'],
    plugins: [keepPlaces, nativePackages],
    logLevel: 'silent',
  });
  return (folder) => join(directory, `${folder}.mjs`);
}
