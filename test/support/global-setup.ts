// Runs once per vitest run: tells the workers where to ask for servers, and stops those.
import type { TestProject } from 'vitest/node';
import { openRunServices } from './run-services.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    runServicesUrl: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const services = await openRunServices();
  project.provide('runServicesUrl', services.url);
  return () => services.close();
}
