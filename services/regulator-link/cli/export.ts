// `npm run export`: objects as sealed JSON, a proof bundle as files, or the anchor to pin.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exportObjects, exportProof } from './export-objects.ts';
import { complain, runCommand, say } from '#libs/installation/command.ts';
import { readInstallation } from '#libs/installation/installation.ts';
import { openStore } from './open-store.ts';
import { readAnchor } from './trust-files.ts';

const usage = `Usage: npm run export -- [--data DIR] one of
  --objects DIR        every object version as sealed JSON
  --proof ID DIR       the proof of an object (ID, ID/version or ID/version/revision)
  --anchor FILE        the keys that a check of proofs pins
`;

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: {
      data: { type: 'string', default: 'data' },
      objects: { type: 'string' },
      proof: { type: 'string' },
      anchor: { type: 'string' },
    },
  });
  const chosen = [values.objects, values.proof, values.anchor].filter((each) => each !== undefined);
  const [folder] = positionals;
  if (chosen.length !== 1 || (values.proof === undefined) !== (folder === undefined)) {
    complain(usage);
    return 1;
  }
  const installation = readInstallation(values.data);
  const anchor = readAnchor(installation.trust);
  if (values.anchor !== undefined) {
    writeFileSync(values.anchor, `${JSON.stringify(anchor, null, 2)}\n`);
    say(`The anchor of ${anchor.market.chainId} is in ${values.anchor}`);
    return 0;
  }
  const store = await openStore(installation);
  try {
    if (values.objects !== undefined) {
      const { written, unreadable } = await exportObjects(store, values.objects);
      say(`${written} object versions in ${values.objects}, ${unreadable} unreadable`);
    } else if (values.proof !== undefined && folder !== undefined) {
      const { chainId } = installation;
      const names = await exportProof(store, { id: values.proof, folder, chainId, anchor });
      say(`The proof is in ${folder}; signatures: ${names.join(', ')}`);
    }
    return 0;
  } finally {
    await store.db.destroy();
  }
}

await runCommand(run);
