// From a business event to a verified receipt that stands on the business chain again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeResults } from '#libs/proof/clear-record.ts';
import { decodeRecord } from '#libs/proof/record-frame.ts';
import { type LinkRig, newObject, refer, startLinkRig } from '../support/link-rig.ts';
import { until } from './support/waiting.ts';

let rig: LinkRig;
beforeAll(async () => {
  rig = await startLinkRig({
    judge: (packet) =>
      packet.lane === 'subject'
        ? { verdict: 'ACCEPTED', investorCode: 'Q000000001' }
        : { verdict: 'ACCEPTED' },
  });
});
afterAll(() => rig.close());

describe('a business fact', () => {
  it('is sealed, appended, relayed, accepted, and its receipt is on the chain', async () => {
    const subject = newObject('subject');
    const subjectRef = `${subject.header.content.object_id}/0`;
    const securities = newObject('account', (object) => {
      refer(object, { SUB: subjectRef, ACC: `${object.header.content.object_id}/0` });
    });
    const event = await rig.books.post('parties', [{ object: subject }]);
    await until('the fact is receipted', async () => (await rig.stateOf(event)) === 'receipted');
    expect(rig.receiver.faults).toEqual([]);
    expect(rig.receiver.packets).toHaveLength(1);
    expect(rig.receiver.packets[0]?.object['body']).toEqual(subject.body);
    const other = await rig.books.post('parties', [{ object: securities }]);
    await until('the next one too', async () => (await rig.stateOf(other)) === 'receipted');

    await until('both results are on the chain', async () => {
      const rows = await rig.query(
        'select 1 from recorded_result join results_record using (batch_id) where height is not null',
      );
      return rows.length === 2;
    });
    const [row] = await rig.query<{ height: bigint; batch_index: number; record: Buffer }>(
      'select height, batch_index, record from results_record order by height limit 1',
    );
    const read = await rig.chain.engine.read(row?.height ?? 0n, row?.batch_index ?? 0);
    expect(Buffer.from(read ?? []).equals(row?.record ?? Buffer.of())).toBe(true);
    const decoded = decodeRecord(read ?? new Uint8Array());
    const results = decoded.ok ? decodeResults(decoded.value.body) : decoded;
    expect(results).toMatchObject({
      ok: true,
      value: [{ packetHash: rig.receiver.packets[0]?.packetHash, verdict: 'ACCEPTED' }],
    });
    expect(rig.codes).toMatchObject([
      { objectId: subject.header.content.object_id, version: 0, investorCode: 'Q000000001' },
    ]);
  });

  it('without objects stays posted, for there is nothing to report', async () => {
    const event = await rig.books.post('security:01920000-0000-7000-8000-00000000000a', []);
    await until('it is there', async () => (await rig.stateOf(event)) === 'posted');
  });

  it('has a checkpoint of the supervisory side over every header', async () => {
    await until('every height has one', async () => {
      const rows = await rig.query(
        'select 1 from chain_header h left join checkpoint c using (height) where c.height is null',
      );
      return rows.length === 0;
    });
  });
});
