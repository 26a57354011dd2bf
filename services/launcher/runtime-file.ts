// `<data>/runtime.json`: where every part of the running installation is.
import type { DemoUser } from './demo-users.ts';
import { writePrivateJson } from './private-file.ts';

export interface Runtime {
  readonly version: '1';
  readonly pid: number;
  readonly startedAt: string;
  readonly dataDirectory: string;
  readonly publicUrl: string;
  readonly tokenIssuer: string;
  readonly jwksUrl: string;
  readonly chainEngine: 'embedded';
  readonly chainId: string;
  readonly eventBus: 'kafka' | 'postgres';
  /** Absent on the PostgreSQL bus. */
  readonly kafkaBrokers?: string;
  /** By role; `superuser`, and the auditor of each database as `auditor@<database>`. */
  readonly databases: Readonly<Record<string, string>>;
  readonly services: Readonly<
    Record<string, { readonly url: string; readonly pid: number | null; readonly log: string }>
  >;
  readonly queryUrl: string;
  readonly files: Readonly<Record<string, string>>;
  readonly demoUsers: readonly DemoUser[];
  readonly isReady: boolean;
}

export function writeRuntime(file: string, runtime: Runtime): void {
  writePrivateJson(file, runtime);
}
