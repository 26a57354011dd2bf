// Seeds the demonstration market once, on a data directory that began empty.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { readStrings, writePrivateJson } from './private-file.ts';

export interface Seeding {
  readonly dataDirectory: string;
  readonly stateFolder: string;
  /** The operator asked for an empty market. */
  readonly empty: boolean;
  readonly program: string;
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Whether to seed is settled at the first start; a seeding cut short is repeated at the next. */
export async function seedOnce(seeding: Seeding): Promise<void> {
  const file = join(seeding.stateFolder, 'seed.json');
  const known = readStrings(file);
  const state = known['state'] ?? (seeding.empty ? 'declined' : 'wanted');
  const attempt = Number.parseInt(known['attempt'] ?? '0', 10);
  if (state !== 'wanted') {
    writePrivateJson(file, { state });
    return;
  }
  writePrivateJson(file, { state, attempt: String(attempt + 1) });
  seeding.say('Seeding the demonstration market (DEMO) ...');
  const { code, lines } = await run(seeding, attempt);
  for (const line of lines) seeding.say(line);
  if (code === 0) writePrivateJson(file, { state: 'done' });
  else if (!seeding.signal.aborted) {
    seeding.say('The demonstration market could not be seeded: the next start tries again.');
  }
}

async function run(
  { program, folder, dataDirectory, signal }: Seeding,
  attempt: number,
): Promise<{ code: number | null; lines: string[] }> {
  const args = ['--import', 'tsx', program, `--data=${dataDirectory}`, `--attempt=${attempt}`];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const end = (): void => {
    child.kill('SIGTERM');
  };
  signal.addEventListener('abort', end);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
    child.on('error', () => {
      resolve(null);
    });
  });
  signal.removeEventListener('abort', end);
  return { code, lines: output.split('\n').filter(Boolean) };
}
