// Whether an operation of a contract admits an actor.
import type { Operation } from '#libs/contracts/contract.ts';
import type { Actor } from './actor.ts';

export const isAdmitted = (
  actor: Actor,
  operation: Pick<Operation, 'public' | 'admission'>,
): boolean => {
  if (operation.public) return true;
  const { person, service } = operation.admission;
  switch (actor.kind) {
    case 'person':
      return (
        person !== undefined &&
        (person.length === 0 || person.some((role) => actor.roles.includes(role)))
      );
    case 'service':
      return service?.includes(actor.name) ?? false;
    case 'public':
      return false;
  }
};
