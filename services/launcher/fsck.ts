// `npm run fsck`: every service checks its own store; then what one says is held against others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FSCK_EXIT } from '#libs/fsck/fsck-command.ts';
import { complain, runCommand, say } from '#libs/installation/command.ts';
import { readInstallation } from '#libs/installation/installation.ts';

const help = `Usage: npm run fsck -- [--data DIR]

Derives again all that the services store, and reports what differs: table, key, expected, found.
Works on a running system and on one of which only PostgreSQL runs. Reads only.

  --data DIR       the data directory (default ./data)
  --help           this text

Exit code: 0 nothing differs, 1 something does, 2 it cannot be checked.
`;

interface Part {
  readonly name: string;
  /** A command below services/, and its words. */
  readonly command: readonly [string, ...string[]];
}

const parts: readonly Part[] = [
  { name: 'registry', command: ['registry/cli/fsck.ts'] },
  { name: 'settlement', command: ['settlement/cli/fsck.ts'] },
  { name: 'chain-sequencer', command: ['chain-node/cli/fsck.ts', 'sequencer'] },
  { name: 'chain-follower', command: ['chain-node/cli/fsck.ts', 'follower'] },
  { name: 'regulator-link', command: ['regulator-link/cli/fsck.ts'] },
  { name: 'supervisory-chain', command: ['supervisory-chain/cli/fsck.ts'] },
  { name: 'services against each other', command: ['launcher/fsck/across.ts'] },
];

const atOnce = 2;

interface Told {
  readonly status: number;
  readonly lines: readonly string[];
}

async function runPart({ command }: Part, data: string): Promise<Told> {
  const [file, ...words] = command;
  const args = ['--import', 'tsx', join(import.meta.dirname, '..', file), ...words];
  const child = spawn(process.execPath, [...args, `--data=${data}`], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text: string) => {
      output += text;
    });
  }
  const [status]: unknown[] = await once(child, 'close');
  const known = status === FSCK_EXIT.whole || status === FSCK_EXIT.differences;
  return {
    status: known ? status : FSCK_EXIT.cannotRun,
    lines: output.split('\n').filter((line) => line !== ''),
  };
}

/** Indented lines are differences, one each. */
const differencesIn = ({ lines }: Told): number =>
  lines.filter((line) => line.startsWith('  ')).length;

/** All of them, two at a time, told in their order. */
async function runParts(data: string): Promise<readonly Told[]> {
  const running: Promise<Told>[] = [];
  const told: Told[] = [];
  for (const [index, part] of parts.entries()) {
    const before = running[index - atOnce];
    running.push(
      before === undefined ? runPart(part, data) : before.then(() => runPart(part, data)),
    );
  }
  for (const [index, part] of parts.entries()) {
    const one = await running[index];
    if (one === undefined) continue;
    told.push(one);
    const count = one.status === FSCK_EXIT.cannotRun ? 'cannot be checked' : differencesIn(one);
    say(`${index + 1}/${parts.length} ${part.name}: ${count}`);
    for (const line of one.lines) say(`  ${line}`);
  }
  return told;
}

await runCommand(async () => {
  const { values } = parseArgs({
    options: {
      data: { type: 'string', default: 'data' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    say(help.trimEnd());
    return FSCK_EXIT.whole;
  }
  readInstallation(values.data);
  const told = await runParts(values.data);
  const unchecked = told.filter(({ status }) => status === FSCK_EXIT.cannotRun).length;
  const differences = told.reduce((sum, one) => sum + differencesIn(one), 0);
  if (unchecked > 0) complain(`fsck: ${unchecked} of ${parts.length} parts cannot be checked`);
  say(`fsck: ${differences} differences`);
  if (unchecked > 0) return FSCK_EXIT.cannotRun;
  return differences === 0 ? FSCK_EXIT.whole : FSCK_EXIT.differences;
}, FSCK_EXIT.cannotRun);
