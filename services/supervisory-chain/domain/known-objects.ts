/** The object versions that were taken, as far as a batch of records asks about them. */
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';
import type { ObjectFrame } from '#libs/proof/record-frame.ts';
import type { Judgement, KnownVersions } from './judge-object.ts';

export type FrameVersion = Pick<ObjectFrame, 'objectId' | 'version'>;

export const versionName = ({ objectId, version }: FrameVersion): string =>
  `${objectId}/${version}`;

/** The newest revision of a version; `object` where it was accepted. */
export interface TakenVersion {
  readonly revision: number;
  readonly object: RegulatorObject | undefined;
}

/** Each record that is judged adds to what the next one sees. */
export class KnownObjects {
  readonly #highest: Map<string, number>;
  readonly #deleted: Set<string>;
  readonly #revisions: Map<string, number>;
  readonly #versions: Map<string, TakenVersion>;
  readonly #present: Set<string>;

  constructor(stored: {
    /** By object id. */
    readonly highest: ReadonlyMap<string, number>;
    readonly deleted: ReadonlySet<string>;
    /** By the names of versions. */
    readonly revisions: ReadonlyMap<string, number>;
    readonly present: ReadonlySet<string>;
    readonly versions: ReadonlyMap<string, TakenVersion>;
  }) {
    this.#highest = new Map(stored.highest);
    this.#deleted = new Set(stored.deleted);
    this.#revisions = new Map(stored.revisions);
    this.#present = new Set(stored.present);
    this.#versions = new Map(stored.versions);
  }

  /** `<objectId>/<version>` of each that was taken, accepted or rejected. */
  get present(): ReadonlySet<string> {
    return this.#present;
  }

  versionsOf(frame: FrameVersion): KnownVersions {
    return {
      highest: this.#highest.get(frame.objectId),
      revision: this.#revisions.get(versionName(frame)),
      isDeleted: this.#deleted.has(frame.objectId),
    };
  }

  version(asked: FrameVersion): TakenVersion | undefined {
    return this.#versions.get(versionName(asked));
  }

  add(frame: ObjectFrame, { verdict }: Judgement, object: RegulatorObject | undefined): void {
    const { objectId, version, revision, operation } = frame;
    const name = versionName(frame);
    this.#highest.set(objectId, Math.max(this.#highest.get(objectId) ?? 0, version));
    this.#present.add(name);
    const isAccepted = verdict === 'ACCEPTED';
    if (isAccepted && operation === 'delete') this.#deleted.add(objectId);
    if (revision < (this.#revisions.get(name) ?? 0)) return;
    this.#revisions.set(name, revision);
    this.#versions.set(name, { revision, object: isAccepted ? object : undefined });
  }
}
