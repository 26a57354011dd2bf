// Finds a free TCP port on loopback.
import { createServer } from 'node:net';

const host = '127.0.0.1';

/** Free at this moment: whoever binds it must be ready to lose the race. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
