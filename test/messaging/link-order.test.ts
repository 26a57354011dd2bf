// Order and repetition: references first, gaps asked for again, crashes without a second copy.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineUnavailable } from '#libs/chain-application/ledger-engine.ts';
import { decodeRecord } from '#libs/proof/record-frame.ts';
import { type LinkRig, newObject, refer, startLinkRig } from '../support/link-rig.ts';
import { until } from './support/waiting.ts';

let rig: LinkRig;
beforeAll(async () => {
  rig = await startLinkRig();
});
afterAll(() => rig.close());

const security = '01920000-0000-7000-8000-00000000000d';
const receipted = async (event: string): Promise<boolean> =>
  (await rig.stateOf(event)) === 'receipted';

describe('an object', () => {
  it('waits for what it refers to in another book, and goes when that is there', async () => {
    const issuer = newObject('subject');
    const product = newObject('product', (object) => {
      refer(object, { SUB: `${issuer.header.content.object_id}/0` });
    });
    const owner = { kind: 'security', id: security } as const;
    const later = await rig.books.post(`security:${security}`, [{ object: product, owner }]);
    await until('it waits', async () => (await rig.stateOf(later)) === 'waiting');
    const update = structuredClone(product);
    update.header.content.operation = 'update';
    update.header.content.version = 1;
    const next = await rig.books.post(`security:${security}`, [{ object: update, owner }]);
    await until('its next version waits too', async () => (await rig.stateOf(next)) === 'waiting');
    const earlier = await rig.books.post('parties', [{ object: issuer }]);
    await until('all are receipted', async () => {
      return (await receipted(earlier)) && (await receipted(later)) && (await receipted(next));
    });
    expect(rig.receiver.faults).toEqual([]);
  });

  it('whose pack comes late goes before the versions that came after it', async () => {
    const version = (number: number) => {
      const next = structuredClone(subject);
      next.header.content.version = number;
      if (number > 0) next.header.content.operation = 'update';
      return [{ object: next }];
    };
    const subject = newObject('subject');
    const first = await rig.books.post('parties', version(0));
    await until('the first is receipted', () => receipted(first));
    rig.books.isWithholding = true;
    const late = await rig.books.post('parties', version(1));
    rig.books.isWithholding = false;
    const next = await rig.books.post('parties', version(2));
    const last = await rig.books.post('parties', version(3));
    await until('they wait', async () => (await rig.stateOf(last)) === 'waiting');
    rig.books.withheld.clear();
    await until('all are receipted', async () => {
      const states = await Promise.all([late, next, last].map(receipted));
      return states.every(Boolean);
    });
    expect(rig.receiver.faults).toEqual([]);
  });

  it('that fails its schema parks and alarms; the rest of its event goes on', async () => {
    const good = newObject('subject');
    const bad = newObject('subject', (object) => {
      Object.assign(object.body, { surprise: 1 });
    });
    const event = await rig.books.post('parties', [{ object: bad }, { object: good }]);
    await until('the good one is accepted', async () => {
      const rows = await rig.query<{ accepted: number }>(
        'select accepted from fact_progress where event_id = $1',
        [event],
      );
      return rows[0]?.accepted === 1;
    });
    expect(await rig.stateOf(event)).toBe('waiting');
    const parked = await rig.query('select code, field from parked_object');
    expect(parked).toEqual([
      { code: 'object-fails-schema', field: '/body/surprise (additionalProperties)' },
    ]);
  });

  it('whose bytes are not those of its event parks', async () => {
    const event = await rig.books.post('parties', [
      { object: newObject('subject'), sm3: 'e'.repeat(64) },
    ]);
    await until('it is parked', async () => (await rig.stateOf(event)) === 'waiting');
    const rows = await rig.query('select code from parked_object where event_id = $1', [event]);
    expect(rows).toEqual([{ code: 'pack-digest-differs' }]);
  });
});

describe('a packet above the limit of a message', () => {
  it('travels in chunks and arrives whole', async () => {
    const large = newObject('subject', (object) => fillWithDocuments(object.body));
    const event = await rig.books.post('parties', [{ object: large }]);
    await until('it is receipted', () => receipted(event));
    const id = large.header.content.object_id;
    const [row] = await rig.query<{ size: number }>(
      'select length(record) as size from packet where object_id = $1',
      [id],
    );
    expect(row?.size).toBeGreaterThan(400_000);
    expect(rig.receiver.faults).toEqual([]);
  });
});

/** Many suitability documents: what makes a real subject large. */
function fillWithDocuments(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    if (name === 'investor_suitability_information' && Array.isArray(member)) {
      const [proof] = member as { subject_investor_qualification_certificate: object[] }[];
      const [document] = proof?.subject_investor_qualification_certificate ?? [];
      const certificates = Array.from({ length: 20 }, (_, index) => {
        return { ...document, uri: `doc/${index}`, summary: '证'.repeat(512) };
      });
      const full = { ...proof, subject_investor_qualification_certificate: certificates };
      member.splice(0, 1, ...Array.from({ length: 16 }, () => full));
    } else fillWithDocuments(member);
  }
}

describe('what the courier loses', () => {
  it('goes again from the database when the other side asks', async () => {
    rig.receiver.deaf = true;
    const lost = await rig.books.post('parties', [{ object: newObject('subject') }]);
    await until('it is sent', async () => {
      const rows = await rig.query(
        `select 1 from packet p join packet_progress g using (lane, sequence)
          where p.event_id = $1 and g.state = 'sent'`,
        [lost],
      );
      return rows.length === 1;
    });
    rig.receiver.deaf = false;
    const next = await rig.books.post('parties', [{ object: newObject('subject') }]);
    await until('both arrive', async () => (await receipted(lost)) && (await receipted(next)));
    expect(rig.receiver.faults).toEqual([]);
  });

  it('goes again of itself when the courier has lost its memory', async () => {
    rig.receiver.deaf = true;
    const lost = await rig.books.post('parties', [{ object: newObject('subject') }]);
    await until('it is sent', async () => {
      const rows = await rig.query(
        `select 1 from packet p join packet_progress g using (lane, sequence)
          where p.event_id = $1 and g.state = 'sent'`,
        [lost],
      );
      return rows.length === 1;
    });
    await rig.query(`update relay_state set origin = 'a store that is no more'`);
    rig.receiver.deaf = false;
    await rig.restartLink();
    await until('it arrives', () => receipted(lost));
  });
});

describe('a crash', () => {
  it.each([
    'link-before-seal-commit',
    'link-after-seal-commit',
    'link-before-batch-commit',
    'link-after-batch-commit',
    'link-before-append',
    'link-after-append',
    'link-before-place-commit',
    'link-after-place-commit',
    'link-before-header-send',
    'link-after-header-send',
    'link-before-packet-send',
    'link-after-packet-send',
    'link-before-receipt-commit',
    'link-before-inbox-commit',
  ])('at %s ends in one record and one receipt of the same bytes', async (point) => {
    let left = 1;
    const crashPoint = (name: string): void => {
      if (name !== point || left === 0) return;
      left -= 1;
      throw new EngineUnavailable(`crashed at ${name}`);
    };
    await rig.restartLink({ crashPoint });
    const object = newObject('subject');
    const event = await rig.books.post('parties', [{ object }]);
    await until('it is receipted', () => receipted(event));
    expect(left).toBe(0);
    const id = object.header.content.object_id;
    const [row] = await rig.query<{ height: bigint; leaf_index: bigint; record: Buffer }>(
      `select g.height, g.leaf_index, p.record from packet p
         join packet_progress g using (lane, sequence) where p.object_id = $1`,
      [id],
    );
    const copies = await rig.chain.client('follower').call('getObject', {
      params: { networkId: 'zhejiang', height: String(row?.height), objectId: id },
    });
    expect(copies.ok && copies.value.body.references).toHaveLength(1);
    const onChain = copies.ok ? copies.value.body.references[0]?.record : '';
    expect(onChain).toBe(row?.record.toString('base64'));
    const decoded = decodeRecord(new Uint8Array(row?.record ?? []));
    expect(decoded).toMatchObject({ ok: true, value: { frame: { objectId: id } } });
    expect(rig.receiver.faults).toEqual([]);
  });
});

describe('two instances of the link', () => {
  it('share the work without doing any of it twice', async () => {
    const { startLink } = await import('../../services/regulator-link/link.ts');
    const other = startLink(rig.parts);
    const events = await Promise.all(
      Array.from({ length: 20 }, () =>
        rig.books.post('parties', [{ object: newObject('subject') }]),
      ),
    );
    await until('all are receipted', async () => {
      const states = await Promise.all(events.map((event) => rig.stateOf(event)));
      return states.every((state) => state === 'receipted');
    });
    await other.stop();
    expect(rig.receiver.faults).toEqual([]);
    const evidence = await rig.query('select code from evidence');
    expect(evidence).toEqual([]);
  });
});
