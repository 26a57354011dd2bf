// Names of object versions and revisions, as references and the append queue spell them.
export interface ObjectKey {
  readonly objectId: string;
  readonly version: number;
  readonly revision: number;
}

export interface VersionKey {
  readonly objectId: string;
  readonly version: number;
}

export function versionName({ objectId, version }: VersionKey): string {
  return `${objectId}/${version}`;
}

export function revisionName({ objectId, version, revision }: ObjectKey): string {
  return `${objectId}/${version}/${revision}`;
}
