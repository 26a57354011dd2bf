// /livez: the process answers. /readyz: what it depends on answers too.
import type { Express } from 'express';

/** Each rejects, or takes too long, when its dependency does not answer. */
export type ReadinessChecks = Readonly<Record<string, () => Promise<unknown>>>;

const checkTimeoutMs = 2_000;

const isReady = async (check: () => Promise<unknown>): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), checkTimeoutMs);
  });
  const outcome = check().then(
    () => true,
    () => false,
  );
  const ready = await Promise.race([outcome, overdue]);
  clearTimeout(timer);
  return ready;
};

export const healthRoutes = (app: Express, checks: ReadinessChecks): void => {
  app.get('/livez', (_req, res) => {
    res.json({ live: true });
  });
  app.get('/readyz', async (_req, res) => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await isReady(check)] as const),
    );
    const ready = results.every(([, fine]) => fine);
    res.status(ready ? 200 : 503).json({ ready, checks: Object.fromEntries(results) });
  });
};
