/** Who may see what of the register: the one policy of objects, asked after roles have been. */

/** Who asks, as far as the policy needs to know. */
export interface Viewer {
  readonly kind: 'person' | 'service' | 'public';
  readonly roles: readonly string[];
  readonly subjectId: string | undefined;
}

const STAFF: readonly string[] = [
  'registrar.maker',
  'registrar.checker',
  'settlement.maker',
  'settlement.checker',
  'regulator',
  'operator',
  'auditor',
];

/**
 * Whether the viewer may see what belongs to `ownerSubjectId`. Staff and services see all; an
 * investor sees own things only. The caller answers a "no" exactly as it answers "does not exist".
 */
export function maySeeOf(viewer: Viewer, ownerSubjectId: string): boolean {
  if (viewer.kind === 'service' || isStaff(viewer)) return true;
  return (
    viewer.kind === 'person' &&
    viewer.roles.includes('investor') &&
    viewer.subjectId === ownerSubjectId
  );
}

/** The subject to which a listing is narrowed; undefined for all. */
export function narrowedTo(viewer: Viewer): string | undefined {
  return viewer.kind === 'service' || isStaff(viewer) ? undefined : (viewer.subjectId ?? NOBODY);
}

/** No subject has it: an investor's token without a subject sees nothing. */
const NOBODY = '00000000-0000-7000-8000-000000000000';

function isStaff(viewer: Viewer): boolean {
  return viewer.kind === 'person' && viewer.roles.some((role) => STAFF.includes(role));
}
