// Who calls: a person (or program) by an access token, a service by its own key, or anybody.

export interface PersonActor {
  readonly kind: 'person';
  /** The token's subject: one per natural person, or the client id of a program. */
  readonly id: string;
  readonly name: string;
  readonly roles: readonly string[];
  /** The subject in the registry that an investor is. */
  readonly subjectId?: string;
}

export interface ServiceActor {
  readonly kind: 'service';
  readonly name: string;
  /** The person for whom the service calls, as it says. */
  readonly onBehalfOf?: string;
}

export interface PublicActor {
  readonly kind: 'public';
}

export type Actor = PersonActor | ServiceActor | PublicActor;

/** One text per caller, for idempotency keys and logs. */
export const actorKey = (actor: Actor): string => {
  switch (actor.kind) {
    case 'person':
      return `person:${actor.id}`;
    case 'service':
      return `service:${actor.name}`;
    case 'public':
      return 'public';
  }
};
