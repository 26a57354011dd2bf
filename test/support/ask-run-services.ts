// Asks the run's main process for a server of its own; the first to ask has it started.

export async function askRunServices(
  name: 'postgres' | 'kafka',
): Promise<Readonly<Record<string, string>>> {
  // Not at the top: programs that are no test share this folder, and vitest refuses to load there.
  const { inject } = await import('vitest');
  const response = await fetch(`${inject('runServicesUrl')}/${name}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`no ${name} for this run: ${text}`);
  const answer: unknown = JSON.parse(text);
  if (typeof answer !== 'object' || answer === null) throw new Error(`${name}: ${text}`);
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, String(value)]));
}
