// What the database itself refuses: steps that are not listed, changed history, a second cycle.
import { sql, type Transaction } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newUuid } from '#libs/ids/uuid.ts';
import type { Instant } from '#libs/time/instant.ts';
import type { LocalDate } from '#libs/time/local-date.ts';
import {
  transitions,
  type TransferState,
  transferStates,
} from '../../../services/settlement/domain/transfer.ts';
import { insertCycle } from '../../../services/settlement/repositories/cycle-repository.ts';
import { insertDocument } from '../../../services/settlement/repositories/document-repository.ts';
import {
  insertTransfer,
  moveTransfers,
} from '../../../services/settlement/repositories/transfer-repository.ts';
import { aTransfer } from '../../unit/settlement/a-transfer.ts';
import { openSettlementStore, type SettlementStore } from './settlement-store.ts';

let store: SettlementStore;
const now = '2026-11-24T02:00:00.000Z' as Instant;
const documentId = newUuid();
const transfer = aTransfer({ agreementDocumentId: documentId });
const reversal = aTransfer({
  agreementDocumentId: documentId,
  kind: 'reversal',
  originalId: transfer.id,
});

beforeAll(async () => {
  store = await openSettlementStore();
  const document = { id: documentId, fileName: 'a', sizeBytes: 1, sm3: 'a'.repeat(64) };
  const stored = { cipher: new Uint8Array([1]), uploadedBy: 'maker', uploadedAt: now };
  await insertDocument(store.db, document, stored);
  await insertTransfer(store.db, transfer);
  await insertTransfer(store.db, reversal);
});
afterAll(async () => {
  await store.close();
});

class Rollback extends Error {}

const delivery = JSON.stringify(transfer.delivery);
const isDelivered = (state: TransferState) => state === 'delivered' || state === 'settled';

async function set(tx: Transaction<unknown>, id: string, state: TransferState, steps: number) {
  await sql`
    update transfer set state = ${state}, steps = steps + ${steps},
      delivery = ${isDelivered(state) ? delivery : null}::jsonb,
      settled_event_id = ${state === 'settled' ? newUuid() : null}::uuid
    where id = ${id}`.execute(tx);
}

/** Whether the database lets the transfer go from one state to the other. */
async function isLetGo(id: string, from: TransferState, to: TransferState): Promise<boolean> {
  let isDone = false;
  await store.root
    .transaction()
    .execute(async (tx) => {
      await sql`set local session_replication_role = replica`.execute(tx);
      await set(tx, id, from, 0);
      await sql`set local session_replication_role = origin`.execute(tx);
      await set(tx, id, to, 1);
      isDone = true;
      throw new Rollback();
    })
    .catch((error: unknown) => {
      const isExpected = error instanceof Rollback || String(error).includes('cannot go from');
      if (!isExpected) throw error;
    });
  return isDone;
}

describe.each([
  ['transfer', transfer.id],
  ['reversal', reversal.id],
] as const)('a %s', (kind, id) => {
  it('takes the listed steps and no other', async () => {
    const taken: string[] = [];
    for (const from of transferStates) {
      for (const to of transferStates) {
        if (await isLetGo(id, from, to)) taken.push(`${from} ${to}`);
      }
    }
    const listed = transitions[kind].map(([from, to]) => `${from} ${to}`);
    expect(taken.toSorted()).toEqual(listed.toSorted());
  });
});

describe('moveTransfers', () => {
  it('leaves alone what another moved first, and writes each step with its state', async () => {
    const own = aTransfer({ agreementDocumentId: documentId });
    await insertTransfer(store.db, own);
    const move = { id: own.id, to: 'reserved' as const };
    const both = await Promise.all([
      moveTransfers(store.db, 'approved', now, [move]),
      moveTransfers(store.db, 'approved', now, [move]),
    ]);
    expect(both.flat()).toEqual([own.id]);
    const { rows } = await store.query(
      'select step, state from transfer_step where transfer_id = $1 order by step',
      [own.id],
    );
    expect(rows).toEqual([
      { step: 1, state: 'approved' },
      { step: 2, state: 'reserved' },
    ]);
  });

  it('does not skip a step', async () => {
    const jump = sql`update transfer set state = 'reserved', steps = steps + 2
      where id = ${transfer.id}`;
    await expect(jump.execute(store.root)).rejects.toThrow('one by one');
  });

  it('lets a transfer be reversed by one reversal that has not failed', async () => {
    const second = { ...reversal, id: newUuid() };
    await expect(insertTransfer(store.db, second)).rejects.toThrow('transfer_reversed_once');
  });
});

describe('a cycle', () => {
  it('runs alone, however many are started at once', async () => {
    const start = () =>
      insertCycle(store.db, {
        id: newUuid(),
        businessDate: '2026-11-24' as LocalDate,
        startedAt: now,
        startedBy: 'maker',
      });
    const answers = await Promise.all(Array.from({ length: 10 }, start));
    expect(answers.filter((isStarted) => isStarted)).toHaveLength(1);
  });
});

const appendOnly = [
  'money_journal',
  'money_posting',
  'bank_confirmation',
  'embedded_bank_entry',
  'fee_parameter',
  'document',
  'transfer_step',
  'transfer_transition',
  'event',
  'object_fact',
  'object_pack',
  'audit_record',
];

describe.each(appendOnly)('%s', (table) => {
  it('is appended to and never changed, by the service or by its owner', async () => {
    const texts = [
      `update ${table} set ${table === 'fee_parameter' ? 'kind = kind' : 'digest = digest'}`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ];
    for (const text of texts) {
      await expect(store.query(text)).rejects.toThrow();
      const asOwner = store.root.transaction().execute(async (tx) => {
        await sql`set local role settlement_owner`.execute(tx);
        await sql.raw(text).execute(tx);
      });
      await expect(asOwner).rejects.toThrow();
    }
  });
});

const fixed: Readonly<Record<string, string>> = {
  money_account: 'kind',
  money_hold: 'amount_fen',
  deposit: 'amount_fen',
  payout: 'amount_fen',
  cycle: 'business_date',
  transfer: 'quantity',
};

describe.each(Object.entries(fixed))('%s.%s', (table, column) => {
  it('is fixed for ever, and no row is deleted', async () => {
    const update = store.query(`update ${table} set ${column} = ${column}`);
    await expect(update).rejects.toThrow('permission denied');
    await expect(store.query(`delete from ${table}`)).rejects.toThrow('permission denied');
  });
});
