import { describe, expect, it } from 'vitest';
import {
  type ActingContext,
  auditHash,
  maskDetail,
  maskText,
  toAuditRecord,
} from '#libs/audit/audit-record.ts';
import { expectOk } from '#libs/result/result.ts';
import { parseInstant } from '#libs/time/instant.ts';

const context: ActingContext = {
  actor: { kind: 'person', id: 'p1', name: '李四', roles: ['registrar.maker'] },
  now: expectOk(parseInstant('2026-11-24T00:00:00.000Z'), 'now'),
  traceId: 't1',
};

describe('masking', () => {
  it('hides what a member’s name says is personal', () => {
    expect(maskDetail({ name: '张三丰', idNumber: '11010519491231002X' })).toEqual({
      name: '张*丰',
      idNumber: '1101**********002X',
    });
  });

  it('hides personal numbers wherever they stand', () => {
    const detail = maskDetail({
      note: '持卡 6222021234567890123，手机 13800138000，身份证 11010519491231002X',
      deep: { list: ['a', { mail: 'someone@example.com' }] },
    });
    const text = JSON.stringify(detail);
    for (const personal of [
      '6222021234567890123',
      '13800138000',
      '11010519491231002X',
      'someone@',
    ]) {
      expect(text).not.toContain(personal);
    }
  });

  it('leaves ids, digests and figures as they are', () => {
    const plain = {
      id: '0192f5e0-0000-7000-8000-000000000000',
      digest: '1'.repeat(64),
      quantity: '9007199254740991',
      amountFen: '13800138000',
      flag: true,
    };
    expect(maskDetail(plain)).toEqual(plain);
  });

  it('makes the detail storable', () => {
    expect(maskDetail({ a: 5n, b: undefined, c: 'x\u0000y\ud800' })).toEqual({
      a: '5',
      c: 'x\ufffdy\ufffd',
    });
  });

  it('never shows a short text', () => {
    expect(maskText('张三')).toBe('**');
    expect(maskText('张')).toBe('*');
  });
});

describe('the hash of an audit record', () => {
  const record = toAuditRecord(context, { action: 'a', target: 't', detail: { x: '1' } });

  it('changes with every member', () => {
    const hash = Buffer.from(auditHash(record)).toString('hex');
    const changed = [
      { ...record, actorId: 'p2' },
      { ...record, actorName: null },
      { ...record, actorRoles: [] },
      { ...record, onBehalfOf: 'x' },
      { ...record, actorKind: 'service' as const },
      { ...record, action: 'b' },
      { ...record, target: 'u' },
      { ...record, traceId: 't2' },
      { ...record, detail: { x: '2' } },
      { ...record, id: toAuditRecord(context, { action: 'a', target: 't' }).id },
      { ...record, at: expectOk(parseInstant('2026-11-24T00:00:00.001Z'), 'at') },
    ];
    expect(changed).toHaveLength(Object.keys(record).length);
    for (const other of changed) {
      expect(Buffer.from(auditHash(other)).toString('hex')).not.toBe(hash);
    }
  });

  it('tells a service and the person it acts for', () => {
    const actor = { kind: 'service', name: 'settlement', onBehalfOf: 'p1' } as const;
    expect(toAuditRecord({ ...context, actor }, { action: 'a', target: 't' })).toMatchObject({
      actorKind: 'service',
      actorId: 'settlement',
      onBehalfOf: 'p1',
    });
  });
});
