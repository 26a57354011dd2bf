// `npm run tidy`: prints what tidy finds.
import { join } from 'node:path';
import { readSourceFiles } from './source-file.ts';
import { findingText, tidy } from './tidy.ts';

const findings = tidy(readSourceFiles(join(import.meta.dirname, '../../..')));
for (const finding of findings) console.error(findingText(finding));
console.log(`tidy: ${findings.length} findings`);
process.exitCode = findings.length === 0 ? 0 : 1;
