// A seal is put only on what was announced, is canonical and passes its schema; and it holds.
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from '#libs/canonical-json/canonical-json.ts';
import { objectClasses, type RegulatorObject } from '#libs/cross-chain-model/object.ts';
import { makeObjectRecord, openObjectRecord } from '#libs/envelope/object-record.ts';
import { decodeRecord, laneOfClass } from '#libs/proof/record-frame.ts';
import { parseSnapshot, sealSignedBytes, verifySeals } from '#libs/proof/sealed-object.ts';
import { zeroHash } from '#libs/proof/suite.ts';
import { createSigner, generateSm2KeyPair } from '#libs/sm/sm2.ts';
import { sm3 } from '#libs/sm/sm3.ts';
import { openSnapshot } from '../../../services/regulator-link/keys/data-keys.ts';
import {
  sealObject,
  type SealingOrder,
} from '../../../services/regulator-link/use-cases/seal-object.ts';
import { sampleObject } from '../../support/regulator-samples.ts';
import { smSuite } from '../../support/sm-suite.ts';

const seal = createSigner(generateSm2KeyPair().privateKeyPem);
const ownerKey = new Uint8Array(16).fill(3);
const eventId = '01920000-0000-7000-8000-0000000000e1';

function orderFor(object: RegulatorObject, bytes = canonicalBytes(object)): SealingOrder {
  const { content, metadata } = object.header;
  const { object_id: objectId, version, operation } = content;
  const { revision } = metadata;
  return {
    announced: {
      ...{ eventId, objectId, version, revision, operation },
      class: content.type,
      sm3: sm3(bytes),
    },
    packed: {
      objectId,
      version: version.toString(),
      revision: revision.toString(),
      class: content.type,
      operation: content.operation,
      schemaVersion: '2.0.0',
      keyOwner: { kind: 'subject', id: eventId },
      references: [],
      bytes: Buffer.from(bytes).toString('base64'),
      sm3: Buffer.from(sm3(bytes)).toString('hex'),
    },
    ownerKey,
    seal,
  };
}

describe.each(objectClasses)('a sealed %s', (objectClass) => {
  it('opens to the object as it came, with one seal that holds', () => {
    const object = sampleObject(objectClass);
    const sealed = sealObject(orderFor(object));
    if (!sealed.ok) throw new Error(sealed.error.code);
    const opened = openSnapshot(ownerKey, sealed.value, sealed.value);
    const snapshot = parseSnapshot(opened?.snapshot ?? new Uint8Array()) ?? {};
    expect(sealSignedBytes(snapshot)).toEqual(canonicalBytes(object));
    const key = { keyId: seal.keyId, publicKey: seal.publicKey };
    expect(verifySeals(smSuite, snapshot, [key])).toBe(true);
  });

  it('makes a record that opens only under its key and frame', () => {
    const object = sampleObject(objectClass);
    const sealed = sealObject(orderFor(object));
    const opened = sealed.ok ? openSnapshot(ownerKey, sealed.value, sealed.value) : undefined;
    if (!sealed.ok || opened === undefined) throw new Error('it was sealed');
    const { objectId, version, revision, snapshotHash, fieldTreeRoot } = sealed.value;
    const frame = {
      lane: laneOfClass(objectClass),
      laneSequence: 1n,
      previousPacketHash: zeroHash(),
      ...{ objectId, version, revision, snapshotHash, fieldTreeRoot },
      operation: 'create' as const,
      class: objectClass,
    };
    const open = (record: Uint8Array, dataKey: Uint8Array) => {
      const decoded = decodeRecord(record);
      if (!decoded.ok || decoded.value.kind !== 'object') throw new Error('an object record');
      return openObjectRecord(decoded.value, dataKey);
    };
    const record = makeObjectRecord(frame, opened.snapshot, opened.dataKey);
    expect(open(record, opened.dataKey)).toMatchObject({ ok: true });
    const fault = { ok: false, error: 'record-key-does-not-open' };
    expect(open(record, new Uint8Array(16))).toEqual(fault);
    const moved = record.slice();
    // A byte of the previous packet's hash.
    moved[12] = (moved[12] ?? 0) ^ 1;
    expect(open(moved, opened.dataKey)).toEqual(fault);
    const lies = [
      [{ snapshotHash: zeroHash() }, 'snapshot-hash-differs'],
      [{ fieldTreeRoot: zeroHash() }, 'field-tree-root-differs'],
    ] as const;
    for (const [lie, error] of lies) {
      const made = makeObjectRecord({ ...frame, ...lie }, opened.snapshot, opened.dataKey);
      expect(open(made, opened.dataKey)).toEqual({ ok: false, error });
    }
  });
});

describe('a seal is refused to', () => {
  const object = sampleObject('subject');
  const order = orderFor(object);
  const refused = (lies: Partial<SealingOrder>) => sealObject({ ...order, ...lies });

  it('bytes that are not base64, or not those announced', () => {
    const packed = { ...order.packed, bytes: '*' };
    expect(refused({ packed })).toMatchObject({ error: { code: 'pack-not-base64' } });
    const announced = { ...order.announced, sm3: zeroHash() };
    expect(refused({ announced })).toMatchObject({ error: { code: 'pack-digest-differs' } });
  });

  it('an object that is not canonical JSON', () => {
    const bytes = new TextEncoder().encode(JSON.stringify(object, null, 1));
    expect(sealObject(orderFor(object, bytes))).toMatchObject({
      error: { code: 'object-not-canonical' },
    });
  });

  it.each([
    ['class', { class: 'account' }],
    ['object id', { objectId: 'SUB-01920000-0000-7000-8000-0000000000ff' }],
    ['version', { version: 1 }],
    ['revision', { revision: 1 }],
    ['operation', { operation: 'update' }],
  ] as const)('an object whose %s is another than announced', (_, lie) => {
    const announced = { ...order.announced, ...lie };
    expect(refused({ announced })).toMatchObject({ error: { code: 'object-not-as-announced' } });
  });

  it('an object that bears a seal already', () => {
    const sealed = sampleObject('subject');
    sealed.header.seal = [
      {
        pub_key: { type: 'SM2', value: `04${'0'.repeat(128)}` },
        digest_algo: 'SM3',
        signature: '30',
      },
    ];
    expect(sealObject(orderFor(sealed))).toMatchObject({
      error: { code: 'object-not-as-announced' },
    });
  });

  it('an object that fails its schema, with the place and no value', () => {
    const broken = sampleObject('subject');
    Object.assign(broken.body, { surprise: '张三' });
    expect(sealObject(orderFor(broken))).toEqual({
      ok: false,
      error: { code: 'object-fails-schema', field: '/body/surprise (additionalProperties)' },
    });
  });
});
