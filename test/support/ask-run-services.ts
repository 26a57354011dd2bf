// Asks the run's main process for a server of its own; the first to ask has it started.
import { inject } from 'vitest';

export async function askRunServices(
  name: 'postgres' | 'kafka',
): Promise<Readonly<Record<string, string>>> {
  const response = await fetch(`${inject('runServicesUrl')}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`no ${name} for this run: ${text}`);
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null) throw new Error(`${name}: ${text}`);
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, String(value)]));
}
