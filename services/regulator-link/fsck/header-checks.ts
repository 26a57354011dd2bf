// Reads the stored headers again as a light client would: links, certificates, trees, checkpoints.
import type { Executor } from '#libs/db/database.ts';
import { certificateFromJson, checkCertificate } from '#libs/proof/certificate.ts';
import { type Genesis, genesisHeader } from '#libs/proof/genesis.ts';
import { decodeHeader, encodeHeader, type Header, headerHash } from '#libs/proof/header.ts';
import { decodeLaneTable, laneTableRoot } from '#libs/proof/lane-table.ts';
import type { Suite } from '#libs/proof/suite.ts';
import { verifyConsistency } from '#libs/proof/tree.ts';
import { validatorSetHash } from '#libs/proof/validator-set.ts';
import { equalBytes } from '#libs/proof/bytes.ts';
import { compareStored, type Difference } from '#libs/result/difference.ts';
import { fromHex } from '#libs/sm/hex.ts';
import { hashesIn } from '../lanes/outgoing.ts';
import type { SupervisoryTrust } from '../lanes/receipts.ts';
import type { HeaderRow } from '../repositories/header-repository.ts';
import { pages } from '#libs/fsck/pages.ts';

export interface HeaderParts {
  readonly suite: Suite;
  readonly genesis: Genesis;
  readonly supervisory: SupervisoryTrust;
}

interface StoredHeader extends HeaderRow {
  readonly checkpoint_height: bigint | null;
  readonly cp_hash: Uint8Array | null;
  readonly cp_size: bigint | null;
  readonly cp_root: Uint8Array | null;
  readonly cp_key: string | null;
  readonly cp_signature: Uint8Array | null;
}

const HEADERS = `
  select h.height, h.header, h.header_hash, h.certificate, h.lanes, h.tree_size,
         h.consistency_path, c.height as checkpoint_height, c.header_hash as cp_hash,
         c.tree_size as cp_size, c.tree_root as cp_root, c.key_id as cp_key,
         c.signature as cp_signature
    from link.chain_header h left join link.checkpoint c using (height)
   where h.height > $1 order by h.height limit $2`;

const table = 'link.chain_header';

export async function* checkHeaders(db: Executor, parts: HeaderParts): AsyncGenerator<Difference> {
  const genesis = genesisHeader(parts.suite, parts.genesis);
  let last: Header = genesis;
  let lastHash = headerHash(parts.suite, encodeHeader(genesis));
  const rows = pages<StoredHeader, readonly [string]>(db, {
    text: HEADERS,
    first: ['0'],
    keyOf: (row) => [row.height.toString()],
  });
  for await (const row of rows) {
    const key = row.height.toString();
    yield* compareStored(table, `${key} height`, last.height + 1n, row.height);
    const decoded = decodeHeader(row.header);
    if (!decoded.ok) {
      yield { table, key: `${key} header`, expected: 'a header', found: decoded.error };
      continue;
    }
    yield* checkHeader(parts, { row, key, header: decoded.value, last, lastHash });
    yield* checkCheckpoint(parts, row, decoded.value);
    last = decoded.value;
    lastHash = headerHash(parts.suite, row.header);
  }
}

interface HeaderScope {
  readonly row: StoredHeader;
  readonly key: string;
  readonly header: Header;
  readonly last: Header;
  readonly lastHash: Uint8Array;
}

function* checkHeader(
  { suite, genesis }: HeaderParts,
  { row, key, header, last, lastHash }: HeaderScope,
): Generator<Difference> {
  const hash = headerHash(suite, row.header);
  yield* compareStored(table, `${key} height`, header.height, row.height);
  yield* compareStored(table, `${key} header_hash`, hash, row.header_hash);
  yield* compareStored(table, `${key} tree_size`, header.treeSize, row.tree_size);
  yield* compareStored(table, `${key} header`, lastHash, header.previousHeaderHash);
  const lanes = decodeLaneTable(row.lanes);
  const root = lanes.ok ? laneTableRoot(suite, lanes.value) : lanes.error;
  yield* compareStored(table, `${key} lanes`, header.laneTableRoot, root);
  const isGenesisSet = equalBytes(
    validatorSetHash(suite, genesis.validators),
    header.validatorSetHash,
  );
  if (isGenesisSet) {
    const certificate = certificateFromJson(row.certificate) ?? [];
    const trust = { validators: genesis.validators, witnesses: genesis.witnesses };
    const signed = checkCertificate(suite, hash, certificate, trust);
    const found = signed.ok ? 'valid' : signed.error;
    yield* compareStored(table, `${key} certificate`, 'valid', found);
  }
  const isConsistent = verifyConsistency(suite, {
    fromSize: last.treeSize,
    fromRoot: last.treeRoot,
    toSize: header.treeSize,
    toRoot: header.treeRoot,
    path: hashesIn(row.consistency_path).map(fromHex),
  });
  yield* compareStored(table, `${key} consistency_path`, true, isConsistent);
}

function* checkCheckpoint(
  { suite, supervisory }: HeaderParts,
  row: StoredHeader,
  header: Header,
): Generator<Difference> {
  if (row.checkpoint_height === null) return;
  const key = row.height.toString();
  const place = 'link.checkpoint';
  yield* compareStored(place, `${key} header_hash`, row.header_hash, row.cp_hash);
  yield* compareStored(place, `${key} tree_size`, header.treeSize, row.cp_size);
  yield* compareStored(place, `${key} tree_root`, header.treeRoot, row.cp_root);
  const validator = supervisory.validators.find((known) => known.keyId === row.cp_key);
  const isSigned =
    validator !== undefined &&
    suite.verifySm2(validator.publicKey, row.header_hash, row.cp_signature ?? new Uint8Array());
  yield* compareStored(place, `${key} signature`, true, isSigned);
}
