// Fetches the jars of Apache Kafka by Maven, once, into a folder that later runs reuse.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kafkaVersion = '4.3.1';

const folder = dirname(fileURLToPath(import.meta.url));
/** Below the repository: fetched once for every data directory and test run. */
const cacheRoot = join(folder, '..', '..', '.quanji');
const cache = join(cacheRoot, `kafka-${kafkaVersion}`);
const oldestJava = 17;

export type Availability = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Whether a broker can run here, and if not, what is missing. */
export async function kafkaAvailable(): Promise<Availability> {
  if (process.platform === 'win32') return { ok: false, reason: 'no local Kafka on Windows' };
  const java = await outputOf('java', ['-version']);
  if (java === undefined) return { ok: false, reason: 'Kafka needs Java 17 or newer: none found' };
  const version = javaVersion(java);
  if (version === undefined || version < oldestJava) {
    return {
      ok: false,
      reason: `Kafka needs Java 17 or newer: found ${version ?? 'an unknown one'}`,
    };
  }
  if (existsSync(cache)) return { ok: true };
  if ((await outputOf('mvn', ['-v'])) === undefined) {
    return { ok: false, reason: 'Kafka is fetched by Maven: no mvn found' };
  }
  return { ok: true };
}

/** The major version in what `java -version` prints; Java 8 calls itself 1.8. */
export function javaVersion(text: string): number | undefined {
  const match = /version "(\d+)(?:\.(\d+))?/.exec(text);
  if (!match?.[1]) return undefined;
  return Number.parseInt(match[1] === '1' ? (match[2] ?? '1') : match[1], 10);
}

/** The class path of the broker. */
export async function kafkaClassPath(onProgress: (line: string) => void): Promise<string> {
  if (!existsSync(cache)) await fetchJars(onProgress);
  return join(cache, '*');
}

async function fetchJars(onProgress: (line: string) => void): Promise<void> {
  onProgress(`Kafka: fetching Apache Kafka ${kafkaVersion} by Maven (44 MB, the first time only)`);
  mkdirSync(cacheRoot, { recursive: true });
  const target = mkdtempSync(join(cacheRoot, 'kafka-fetch-'));
  try {
    const failure = await run('mvn', [
      '-q',
      '-B',
      '-f',
      join(folder, 'pom.xml'),
      'dependency:copy-dependencies',
      '-DincludeScope=runtime',
      `-DoutputDirectory=${target}`,
    ]);
    if (failure !== undefined || !readdirSync(target).some((jar) => jar.startsWith('kafka_'))) {
      throw new Error(`Maven could not fetch Kafka: ${failure ?? 'no broker among the jars'}`);
    }
    renameSync(target, cache);
  } catch (error) {
    rmSync(target, { recursive: true, force: true });
    // Another run fetched them meanwhile.
    if (!existsSync(cache)) throw error;
  }
}

async function run(file: string, args: readonly string[]): Promise<string | undefined> {
  return await new Promise((resolve) => {
    execFile(file, args, { timeout: 300_000 }, (error, stdout, stderr) => {
      resolve(error ? (stdout || stderr || error.message).trim().slice(0, 600) : undefined);
    });
  });
}

async function outputOf(file: string, args: readonly string[]): Promise<string | undefined> {
  return await new Promise((resolve) => {
    execFile(file, args, { timeout: 30_000 }, (error, stdout, stderr) => {
      resolve(error ? undefined : `${stdout}${stderr}`);
    });
  });
}
