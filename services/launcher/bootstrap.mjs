// Entry of `npm start` and `npm test`: plain JavaScript without dependencies, because it runs
// before they are installed. npm skips pre-scripts here, so it installs what is missing itself.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const [command = '', ...args] = process.argv.slice(2);

checkNode();
if (command === 'start') await start();
else if (command === 'test') test(args);
else if (command === 'accept') accept();
else if (command === 'crash') crash();
else if (command === 'install') install();
else fail(`unknown command "${command}": expected start, test, accept, crash or install`);

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(`Quanji needs Node.js 20.19 or newer: this is ${process.versions.node}`);
  }
}

/** In this very process: no second one stands between Ctrl-C and the launcher. */
async function start() {
  const wantsHelp = args.includes('--help') || args.includes('-h');
  if (!wantsHelp || !existsSync(join(root, 'node_modules'))) install();
  process.chdir(root);
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('./start.ts');
  await main(args);
}

/** `npm run test:accept -- N`: one line of the acceptance, or without a number all of them. */
function accept() {
  const [line] = args;
  if (line === undefined) return test(['--project', 'accept']);
  const file = join('test', 'accept', `line-${line}.test.ts`);
  if (!/^\d+$/.test(line) || !existsSync(join(root, file))) fail(`there is no ${file}`);
  test(['--project', 'accept', file]);
}

/** `npm run test:crash -- --seed N`: the faults of a run are drawn from its seed. */
function crash() {
  const { values } = parseArgs({ args, options: { seed: { type: 'string', default: '1' } } });
  if (!/^\d{1,9}$/.test(values.seed)) fail('--seed must be a whole number');
  // One file after the other: how soon a service is ready again is measured.
  test(['--project', 'crash', '--no-file-parallelism'], { QUANJI_SEED: values.seed });
}

function test(words, environment = {}) {
  install();
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const config = join(root, 'test', 'vitest.config.ts');
  const child = spawn(process.execPath, [vitest, 'run', '--config', config, ...words], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  // Ctrl-C reaches the whole foreground group; what is sent to us alone is passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal ? 1 : 0);
  });
}

/** Only when node_modules is absent or made from another lock file; else no network is touched. */
function install() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  const marker = join(root, 'node_modules', '.quanji-lock-sha256');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return;
  if (existsSync(marker) || !isInstalled()) {
    process.stdout.write('Installing dependencies (npm ci, scripts off) ...\n');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const result = spawnSync(npm, ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      shell: process.platform === 'win32',
    });
    if (result.status !== 0) {
      process.stdout.write(result.stdout ?? '');
      fail('npm ci failed: see above');
    }
  }
  writeFileSync(marker, wanted);
}

/** Somebody ran `npm ci` or `npm install` by hand: npm keeps a copy of the lock it installed. */
function isInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const installed = JSON.parse(readFileSync(hidden, 'utf8')).packages ?? {};
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages ?? {};
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '' || entry.optional || entry.devOptional || entry.peer) return true;
    return installed[path]?.version === entry.version;
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
