/** Takes a header into the light client, whichever way it came; misbehaviour freezes the chain. */
import type { Tx } from '#libs/db/database.ts';
import { type LaneName, laneNames } from '#libs/lane-messages/topics.ts';
import { toBase64 } from '#libs/proof/bytes.ts';
import { certificateToJson } from '#libs/proof/certificate.ts';
import { decodeHeader } from '#libs/proof/header.ts';
import { decodeLaneTable, encodeLaneTable, type LaneTable } from '#libs/proof/lane-table.ts';
import { LANE } from '#libs/proof/record-frame.ts';
import { expectOk } from '#libs/result/result.ts';
import { toHex } from '#libs/sm/hex.ts';
import { type Instant, millisecondsBetween, toMilliseconds } from '#libs/time/instant.ts';
import {
  type HeaderMisbehaviour,
  judgeHeader,
  type OfferedHeader,
} from '../domain/header-rules.ts';
import type { SupervisoryParts } from '../parts.ts';
import { insertEvidence, noteResync } from '../repositories/evidence-repository.ts';
import {
  advanceMarket,
  findMarket,
  freezeMarket,
  headerAt,
  insertHeader,
  listLanes,
  lockMarket,
  noteHeartbeat,
} from '../repositories/market-repository.ts';
import { lockTaking, queueOutgoing } from '../repositories/own-chain-repository.ts';
import { checkpoint, control } from './send-down.ts';

export type HeaderTaken = 'accepted' | 'duplicate' | 'gap' | 'refused' | 'frozen';

const resyncIntervalMs = 2_000;
const HEADERS = 'headers';

export async function takeHeader(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedHeader,
  via: 'lane' | 'pull',
): Promise<HeaderTaken> {
  const { suite, market: genesis } = parts;
  const { chainId } = genesis;
  const now = parts.clock.now();
  await lockTaking(tx);
  const market = await lockMarket(tx, chainId);
  const height = expectOk(decodeHeader(market.header), 'the stored head').height;
  const told = decodeHeader(offered.header);
  const known = told.ok ? await headerAt(tx, chainId, told.value.height) : undefined;
  if (market.frozenReason !== null) return 'frozen';
  const verdict = judgeHeader(suite, offered, genesis, {
    last: {
      header: expectOk(decodeHeader(market.header), 'the stored head'),
      headerHash: market.headerHash,
    },
    known: known?.headerHash,
    nowMs: BigInt(toMilliseconds(now)),
  });
  switch (verdict.kind) {
    case 'duplicate':
      await noteHeartbeat(tx, chainId, now);
      return 'duplicate';
    case 'gap':
      if (await askAgain(parts, tx, { lane: undefined, from: height + 1n }, now)) {
        const detail = `heights from ${height + 1n} are missing, via ${via}`;
        const skipping = { chainId, kind: 'header', code: 'header-gap', detail } as const;
        await insertEvidence(tx, { ...skipping, first: offered.header }, now);
      }
      return 'gap';
    case 'refused': {
      const { code } = verdict;
      await insertEvidence(
        tx,
        { chainId, kind: 'header', code, detail: `via ${via}`, first: offered.header },
        now,
      );
      return 'refused';
    }
    case 'evidence': {
      await keepEvidence(parts, tx, offered, verdict.code, known?.header ?? market.header, now);
      return 'refused';
    }
    case 'accepted':
      await accept(parts, tx, offered, verdict.value, via, now);
      return 'accepted';
  }
}

async function accept(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedHeader,
  value: {
    readonly header: {
      readonly height: bigint;
      readonly treeSize: bigint;
      readonly treeRoot: Uint8Array;
    };
    readonly headerHash: Uint8Array;
    readonly lanes: LaneTable;
  },
  via: 'lane' | 'pull',
  now: Instant,
): Promise<void> {
  const { chainId } = parts.market;
  const { height, treeSize, treeRoot } = value.header;
  const stored = {
    height,
    header: offered.header,
    headerHash: value.headerHash,
    treeSize,
    certificate: certificateToJson(offered.certificate),
  };
  await insertHeader(tx, chainId, stored, via, now);
  await advanceMarket(tx, chainId, stored, encodeLaneTable(value.lanes), now);
  const payload = {
    height: height.toString(),
    headerHash: toHex(value.headerHash),
    treeSize: treeSize.toString(),
    treeRoot: toHex(treeRoot),
    keyId: parts.validator.keyId,
    signature: toBase64(parts.validator.sign(value.headerHash)),
  };
  await queueOutgoing(tx, [checkpoint(parts, payload, now)], now);
}

async function keepEvidence(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  offered: OfferedHeader,
  code: HeaderMisbehaviour,
  second: Uint8Array,
  now: Instant,
): Promise<void> {
  const { chainId } = parts.market;
  const detail = 'a header signed by the real keys contradicts what was accepted';
  await insertEvidence(
    tx,
    { chainId, kind: 'header', code, detail, first: offered.header, second },
    now,
  );
  await freezeMarket(tx, chainId, code, now);
  parts.log.error('the market chain is frozen', { code, chainId });
  const told = decodeHeader(offered.header);
  const height = told.ok ? told.value.height.toString() : '0';
  await queueOutgoing(
    tx,
    [
      control(
        parts,
        'EVIDENCE',
        {
          kind: code,
          first: toBase64(offered.header),
          second: toBase64(second),
          detail,
        },
        now,
      ),
      control(parts, 'FREEZE', { chainId, height, reason: code }, now),
    ],
    now,
  );
}

/** Asks for what is missing, at most every two seconds for the same gap; whether it asked now. */
export async function askAgain(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  gap: { readonly lane: LaneName | undefined; readonly from: bigint; readonly to?: bigint },
  now: Instant,
): Promise<boolean> {
  const { chainId } = parts.market;
  const { lane, from, to } = gap;
  const isNew = await noteResync(
    tx,
    { chainId, lane: lane ?? HEADERS, from },
    now,
    resyncIntervalMs,
  );
  if (!isNew) return false;
  const payload = {
    from: from.toString(),
    reason: 'gap',
    ...(lane === undefined ? {} : { lane }),
    ...(to === undefined ? {} : { to: to.toString() }),
  };
  await queueOutgoing(tx, [control(parts, 'RESYNC', payload, now)], now);
  return true;
}

/** Where a lane stood, and since when: a lane that moves has its packets on the way. */
export type LaneProgress = Map<string, { readonly at: bigint; readonly since: Instant }>;

const stallMs = 10_000;

/**
 * Packets that the accepted head commits to and that have not come: proved, not guessed. They are
 * asked for once their lane has stood still for ten seconds.
 */
export async function askForMissing(
  parts: SupervisoryParts,
  tx: Tx<unknown>,
  progress: LaneProgress,
): Promise<void> {
  const now = parts.clock.now();
  await lockTaking(tx);
  const market = await findMarket(tx, parts.market.chainId);
  if (market === undefined || market.frozenReason !== null) return;
  const table = expectOk(decodeLaneTable(market.lanes), 'the stored lane table');
  const lanes = new Map((await listLanes(tx, market.chainId)).map((lane) => [lane.lane, lane]));
  for (const name of laneNames) {
    const told = table.find((head) => head.lane === LANE[name])?.lastSequence ?? 0n;
    const held = lanes.get(name);
    if (held === undefined || held.frozenReason !== null || held.lastSequence >= told) continue;
    const known = progress.get(name);
    if (known?.at !== held.lastSequence) {
      progress.set(name, { at: held.lastSequence, since: now });
    } else if (millisecondsBetween(known.since, now) >= stallMs) {
      const gap = { lane: name, from: held.lastSequence + 1n, to: told };
      await askAgain(parts, tx, gap, now);
    }
  }
}
