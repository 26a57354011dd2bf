/** The running system as the launcher describes it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const shape = z.object({
  dataDirectory: z.string(),
  publicUrl: z.string(),
  tokenIssuer: z.string(),
  chainId: z.string(),
  eventBus: z.enum(['kafka', 'postgres']),
  kafkaBrokers: z.string().optional(),
  databases: z.record(z.string(), z.string()),
  demoUsers: z.array(z.object({ username: z.string(), password: z.string() })).readonly(),
});

export type Runtime = z.infer<typeof shape>;

/** Errors (thrown): one line where nothing runs on the directory. */
export function readRuntime(dataDirectory: string): Runtime {
  const file = join(dataDirectory, 'runtime.json');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new Error(
      `Quanji is not running here: there is no ${file}. Start it with \`npm start\`.`,
    );
  }
  return shape.parse(JSON.parse(text));
}

export const trustFile = (runtime: Runtime, name: string): unknown =>
  JSON.parse(readFileSync(join(runtime.dataDirectory, 'trust', `${name}.json`), 'utf8'));
