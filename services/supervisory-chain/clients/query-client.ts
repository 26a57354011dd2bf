/** The market's query interface over TLS with this side's client certificate. */
import { Agent, request } from 'node:https';

export interface QuerySettings {
  readonly baseUrl: string;
  readonly ca: string;
  readonly certificate: string;
  readonly privateKey: string;
}

export interface QueryClient {
  /** The sealed snapshot's bytes; undefined where the market says that there is none. */
  snapshot(objectId: string, version: number, revision: number): Promise<Uint8Array | undefined>;
  close(): void;
}

const timeoutMs = 10_000;
const bytesMax = 2_000_000;

export function openQueryClient(settings: QuerySettings): QueryClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 4,
    ca: settings.ca,
    cert: settings.certificate,
    key: settings.privateKey,
    minVersion: 'TLSv1.2',
  });
  const get = (path: string): Promise<{ readonly status: number; readonly body: Uint8Array }> =>
    new Promise((resolve, reject) => {
      const call = request(
        new URL(path, settings.baseUrl),
        { agent, timeout: timeoutMs },
        (answer) => {
          const chunks: Buffer[] = [];
          let size = 0;
          answer.on('data', (chunk: Buffer) => {
            size += chunk.length;
            if (size > bytesMax) call.destroy(new Error('the answer is too long'));
            else chunks.push(chunk);
          });
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }),
          );
          answer.on('error', reject);
        },
      );
      call.on('timeout', () => call.destroy(new Error('the query interface did not answer')));
      call.on('error', reject);
      call.end();
    });
  return {
    snapshot: async (objectId, version, revision) => {
      const path = `/v1/objects/${encodeURIComponent(objectId)}/versions/${version}`;
      const { status, body } = await get(`${path}?revision=${revision}`);
      if (status === 404) return undefined;
      if (status !== 200) throw new Error(`the query interface answered ${status}`);
      return body;
    },
    close: () => agent.destroy(),
  };
}
