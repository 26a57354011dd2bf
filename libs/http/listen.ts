// Serves an app with bounded timeouts and closes gracefully.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type ServerOptions as TlsOptions } from 'node:https';
import { assert } from '#libs/result/result.ts';

export interface ListenOptions {
  readonly app: RequestListener;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** TLS where given; with requestCert and ca, client certificates too. */
  readonly tls?: TlsOptions;
  /** How long close() waits for calls under way. */
  readonly graceMs?: number;
}

export interface Listening {
  readonly port: number;
  readonly url: string;
  /** Stops accepting, lets calls under way end, then cuts what is left. */
  close(): Promise<void>;
}

const headersTimeoutMs = 10_000;
const requestTimeoutMs = 60_000;
const keepAliveTimeoutMs = 5_000;
const connectionsMax = 2_000;
const headersMax = 100;
const defaultGraceMs = 10_000;

const boundTimeouts = (server: Server): void => {
  server.headersTimeout = headersTimeoutMs;
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveTimeoutMs;
  server.maxConnections = connectionsMax;
  server.maxHeadersCount = headersMax;
};

const portOf = (server: Server): number => {
  const address = server.address();
  assert(address !== null && typeof address === 'object', 'the server listens on a port');
  return address.port;
};

const closeGracefully = (server: Server, graceMs: number): Promise<void> =>
  new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });

/** Errors (rejects): the port is in use or may not be used. */
export const listen = async (options: ListenOptions): Promise<Listening> => {
  const { app, tls, host } = options;
  const server = tls === undefined ? createServer(app) : createTlsServer(tls, app);
  boundTimeouts(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const port = portOf(server);
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    close: () => closeGracefully(server, options.graceMs ?? defaultGraceMs),
  };
};
