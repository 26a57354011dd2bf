// `npm run verify -- DIR --anchor FILE`: exit code 0 only if every check of the bundle passes.
import { parseArgs } from 'node:util';
import { isVerified } from '#libs/proof/proof-bundle.ts';
import { complain, runCommand, say } from '#libs/installation/command.ts';
import { verifyProofFolder } from './verify-proof.ts';

const usage = 'Usage: npm run verify -- DIR --anchor FILE';

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: { anchor: { type: 'string' } },
  });
  const [folder, ...others] = positionals;
  if (folder === undefined || others.length > 0 || values.anchor === undefined) {
    complain(usage);
    return 1;
  }
  const checks = verifyProofFolder(folder, values.anchor);
  for (const { name, passed, detail } of checks) {
    say(`${passed ? 'ok    ' : 'FAILED'} ${name}${detail === undefined ? '' : `: ${detail}`}`);
  }
  const verified = isVerified(checks);
  say(verified ? 'The proof holds.' : 'The proof does not hold.');
  return verified ? 0 : 1;
}

await runCommand(run);
