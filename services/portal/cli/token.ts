/** `npm run token -- <user>`: signs in as a real OpenID client over HTTP and prints a token. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signInForToken } from '#libs/sign-in-client/sign-in-client.ts';

interface RuntimeUser {
  readonly username: string;
  readonly password: string;
}

interface Runtime {
  readonly tokenIssuer: string;
  readonly users: readonly RuntimeUser[];
}

function readRuntime(file: string): Runtime | undefined {
  if (!existsSync(file)) return undefined;
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof value !== 'object' || value === null) return undefined;
  const tokenIssuer: unknown = Reflect.get(value, 'tokenIssuer');
  const users: unknown = Reflect.get(value, 'demoUsers');
  if (typeof tokenIssuer !== 'string' || !Array.isArray(users)) return undefined;
  return { tokenIssuer, users: users.filter(isUser) };
}

function isUser(value: unknown): value is RuntimeUser {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'username') === 'string' &&
    typeof Reflect.get(value, 'password') === 'string'
  );
}

function fail(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(args: readonly string[]): Promise<number> {
  const dataOption = args.find((arg) => arg.startsWith('--data='));
  const [username] = args.filter((arg) => !arg.startsWith('--'));
  const file = join(dataOption?.slice('--data='.length) ?? 'data', 'runtime.json');
  const runtime = readRuntime(file);
  if (runtime === undefined) {
    fail(`Quanji is not running here: there is no ${file}. Start it with \`npm start\`.`);
    return 1;
  }
  const user = runtime.users.find((known) => known.username === username);
  if (user === undefined) {
    const names = runtime.users.map((known) => known.username).join(', ');
    fail(`usage: npm run token -- <user> [--data=DIRECTORY]; users: ${names}`);
    return 1;
  }
  process.stdout.write(`${await signInForToken({ ...user, issuer: runtime.tokenIssuer })}\n`);
  return 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  fail(error instanceof Error ? error.message : 'signing in failed');
  process.exitCode = 1;
}
