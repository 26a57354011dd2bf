/** Routes of transfers: submit, look at, cancel, reverse. */
import type { Route } from '#libs/http/route.ts';
import { reply } from '#libs/http/route.ts';
import { recordAudit } from '#libs/audit/record-audit.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { newUuid } from '#libs/ids/uuid.ts';
import { refuse } from '#libs/result/refusal.ts';
import { sm3Hex } from '#libs/sm/sm3.ts';
import { ok } from '#libs/result/result.ts';
import { toPayload } from '../domain/agreed-transfer.ts';
import {
  findDocument,
  insertDocument,
  readDocumentCipher,
} from '../repositories/document-repository.ts';
import { settlementObjectOf } from '../repositories/fact-repository.ts';
import {
  findReversal,
  findTransfer,
  listTransfers,
  stepsOf,
} from '../repositories/transfer-repository.ts';
import { mayRead, readableSubject } from '../domain/access.ts';
import { checkCancellation } from '../use-cases/cancel-transfer.ts';
import { checkReversal } from '../use-cases/reverse-transfer.ts';
import { submitTransfer } from '../use-cases/submit-transfer.ts';
import { askApproval, command, query, type RouteParts, type SettlementTx } from './route-parts.ts';
import { fromTransfer, toTerms } from './transfer-codec.ts';

export const transferRoutes = (parts: RouteParts): Route<SettlementTx>[] => [
  command('submitTransfer', async (tx, { body }, context) => {
    const terms = toTerms(body);
    if (!terms.ok) return terms;
    const agreed = await submitTransfer(tx, parts.registry, terms.value, context.now);
    if (!agreed.ok) return agreed;
    return askApproval(parts, tx, context, 'submitTransfer', toPayload(agreed.value));
  }),

  command('cancelTransfer', async (tx, { params, body }, context) => {
    const permitted = await checkCancellation(tx, params.transferId as Uuid);
    if (!permitted.ok) return permitted;
    const payload = { transferId: params.transferId, reason: body.reason };
    return askApproval(parts, tx, context, 'cancelTransfer', payload);
  }),

  command('reverseTransfer', async (tx, { params, body }, context) => {
    const permitted = await checkReversal(tx, params.transferId as Uuid);
    if (!permitted.ok) return permitted;
    const payload = { transferId: params.transferId, reason: body.reason };
    return askApproval(parts, tx, context, 'reverseTransfer', payload);
  }),

  query('listTransfers', async ({ query: asked }, { actor }) => {
    const { limit = 50, cursor, ...filter } = asked;
    const subject = readableSubject(actor);
    if (subject.kind === 'nobody') return reply(200, { items: [], nextCursor: null });
    const subjectId = subject.kind === 'one' ? subject.subjectId : undefined;
    const page = { operation: 'listTransfers', ...filter, subjectId };
    const after = cursor === undefined ? ok([]) : parts.cursors.decode(page, cursor);
    if (!after.ok) return after;
    const [before] = after.value;
    const wanted = Object.fromEntries(
      Object.entries({ ...filter, subjectId, before }).filter(([, value]) => value !== undefined),
    );
    const found = await listTransfers(parts.db, wanted, limit + 1);
    const steps = await stepsOf(
      parts.db,
      found.map(({ id }) => id),
    );
    const answer = parts.cursors.page(found, {
      query: page,
      limit,
      keyOf: ({ id }) => [id],
      itemOf: (transfer) => fromTransfer(transfer, steps.get(transfer.id) ?? []),
    });
    return reply(200, { items: [...answer.items], nextCursor: answer.nextCursor });
  }),

  query('getTransfer', async ({ params }, { actor }) => {
    const transfer = await findTransfer(parts.db, params.transferId as Uuid);
    if (transfer === undefined || !mayRead(actor, transfer)) return refuse('not-found');
    const [steps, reversalId, settlementObject] = await Promise.all([
      stepsOf(parts.db, [transfer.id]),
      findReversal(parts.db, transfer.id),
      settlementObjectOf(parts.db, transfer.settledEventId),
    ]);
    const linked = {
      ...(reversalId === undefined ? {} : { reversalId }),
      ...(settlementObject === undefined ? {} : { settlementObject }),
    };
    return reply(200, {
      transfer: fromTransfer(transfer, steps.get(transfer.id) ?? [], linked),
    });
  }),
];

export const documentRoutes = (parts: RouteParts): Route<SettlementTx>[] => [
  command('uploadAgreementDocument', async (tx, { query: asked, body }, context) => {
    if (body.byteLength === 0) return refuse('agreement-document-empty');
    const document = {
      id: newUuid(),
      fileName: asked.fileName,
      sizeBytes: body.byteLength,
      sm3: sm3Hex(body),
    };
    await insertDocument(tx, document, {
      cipher: parts.documents.seal(document.id, body),
      uploadedBy: context.actor.kind === 'person' ? context.actor.id : context.actor.kind,
      uploadedAt: context.now,
    });
    await recordAudit(tx, context, {
      action: 'agreement-document-uploaded',
      target: `document:${document.id}`,
      detail: { sizeBytes: document.sizeBytes, sm3: document.sm3 },
    });
    const { id, ...rest } = document;
    return reply(201, { documentId: id, ...rest });
  }),

  query('getAgreementDocument', async ({ params }, context) => {
    const document = await findDocument(parts.db, params.documentId);
    const sealed = await readDocumentCipher(parts.db, params.documentId);
    if (document === undefined || sealed === undefined) return refuse('not-found');
    await recordAudit(parts.db, context, {
      action: 'agreement-document-read',
      target: `document:${document.id}`,
    });
    const bytes = parts.documents.open(document.id, sealed);
    return ok({ status: 200, bytes, mediaType: 'application/octet-stream' });
  }),
];
