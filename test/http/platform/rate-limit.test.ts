// Rate limits answer as problems.
import express from 'express';
import request from 'supertest';
import { expect, it } from 'vitest';
import { limitRate } from '#libs/http/rate-limit.ts';

it('answers too-many-requests with Retry-After above the limit', async () => {
  const app = express();
  app.use(limitRate({ windowMs: 60_000, callsMax: 2 }), (_req, res) => {
    res.json({});
  });
  const statuses = [await request(app).get('/'), await request(app).get('/')].map((a) => a.status);
  expect(statuses).toEqual([200, 200]);
  const refused = await request(app).get('/').expect(429);
  expect(refused.body.code).toBe('too-many-requests');
  expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused.headers.ratelimit).toContain('r=0');
});
