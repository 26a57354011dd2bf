import { describe, expect, it } from 'vitest';
import { STORES } from '#libs/db/plan.ts';
import { layoutOf } from '../../../services/launcher/layout.ts';
import { type Installation, services } from '../../../services/launcher/services.ts';

function installation(bus: Installation['bus']): Installation {
  return {
    layout: layoutOf('/data'),
    publicUrl: 'http://127.0.0.1:7080',
    queryPort: 7999,
    urls: Object.fromEntries(
      services.map(({ name }, at) => [name, `http://127.0.0.1:${8000 + at}`]),
    ),
    bus,
  };
}

describe('the table of services', () => {
  it('names a planned store with its role for each', () => {
    for (const { name, role } of services) {
      expect(STORES.find((plan) => plan.service === name)?.serviceRoles).toEqual([role]);
    }
  });

  it('gives each a key to sign its calls with', () => {
    expect(services.map(({ keys }) => keys['service'])).toEqual(services.map(() => 'jwt-es256'));
  });

  it('hands out the bus by its kind, to each side by its own role', () => {
    const kafka = installation({ kind: 'kafka', brokers: '127.0.0.1:9092' });
    const postgres = installation({ kind: 'postgres', urlFileOf: (role) => `/data/${role}` });
    const of = (name: string, at: Installation): Readonly<Record<string, string>> =>
      services.find((spec) => spec.name === name)?.environment(at) ?? {};
    expect(of('registry', kafka)).toMatchObject({
      EVENT_BUS: 'kafka',
      KAFKA_BROKERS: '127.0.0.1:9092',
    });
    expect(of('registry', postgres)['BUS_DATABASE_URL_FILE']).toBe('/data/bus_market');
    expect(of('supervisory-chain', postgres)['BUS_DATABASE_URL_FILE']).toBe(
      '/data/bus_supervisory',
    );
    expect(of('chain-sequencer', kafka)).not.toHaveProperty('EVENT_BUS');
  });
});
