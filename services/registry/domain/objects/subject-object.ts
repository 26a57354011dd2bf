/** The subject object (主体): what of a subject is reported, and its body from those figures. */
import {
  administrativeRegion,
  investorQualification,
  marketRole,
  organisationDocument,
  organisationNature,
  personDocument,
} from '#libs/cross-chain-model/code-lists.ts';
import type { Uuid } from '#libs/ids/uuid.ts';
import { factsOfResidentId } from '../identity-number.ts';
import {
  type NewObjectFact,
  type ObjectFact,
  type ObjectOperation,
  objectIdOf,
} from '../object-fact.ts';
import type { SubjectNature } from '../subject.ts';
import { modelDateTime } from './model-time.ts';

export type ObjectBody = Readonly<Record<string, unknown>>;

/** Stored sealed; sealed once for the subject and carried from version to version. */
export interface PersonalFigures {
  readonly name: string;
  readonly certificateNumber: string;
  readonly phone: string | null;
  readonly address: string | null;
}

export interface ReportedEvidence {
  readonly condition: string;
  readonly verifiedOn: string;
  readonly document: ReportedDocument;
}

/** File names may hold the name of a person, so the document goes by its id. */
export interface ReportedDocument {
  readonly documentId: string;
  readonly sm3: string;
}

export interface SubjectFigures {
  readonly nature: SubjectNature;
  readonly certificateType: string;
  readonly nationality: string;
  readonly isInvestor: boolean;
  readonly isIssuer: boolean;
  readonly isMarket: boolean;
  readonly investorCode: string | null;
  /** Issuers only: distinct holders of their securities. */
  readonly shareholdersNumber: number | null;
  readonly evidence: readonly ReportedEvidence[];
  /** Base64 of the sealed PersonalFigures. */
  readonly personal: string;
}

export interface ObjectStep {
  readonly version: bigint;
  readonly revision: bigint;
  readonly operation: ObjectOperation;
}

export function subjectFact(
  subjectId: Uuid,
  figures: SubjectFigures,
  step: ObjectStep,
): NewObjectFact {
  return {
    class: 'subject',
    objectId: objectIdOf('subject', subjectId),
    ...step,
    keyOwner: { kind: 'subject', id: subjectId },
    references: [],
    figures: {
      ...figures,
      evidence: figures.evidence.map((item) => ({ ...item, document: { ...item.document } })),
    },
  };
}

/** The body of a subject's fact, given its opened personal figures. */
export function subjectBody(fact: ObjectFact, personal: PersonalFigures): ObjectBody {
  // The figures of this class are written by subjectFact alone.
  const figures = fact.figures as unknown as SubjectFigures;
  return {
    subject_information: {
      basic_information_subject: {
        general_information_subject: {
          subject_id: fact.keyOwner.id,
          subject_type: figures.nature === 'natural-person' ? 2 : 1,
          subject_main_administrative_region:
            figures.nationality === 'CN'
              ? administrativeRegion.domestic
              : administrativeRegion.foreign,
          subject_create_time: modelDateTime(fact.timestampSeconds),
        },
        ...qualifications(figures),
      },
      ...(figures.nature === 'natural-person'
        ? person(figures, personal)
        : organisation(figures, personal)),
    },
  };
}

function qualifications(figures: SubjectFigures): ObjectBody {
  const roles = [
    ...(figures.isMarket ? [role(marketRole.market)] : []),
    ...(figures.isIssuer ? [role(marketRole.issuer)] : []),
    ...(figures.isInvestor ? [{ ...role(marketRole.investor), ...investor(figures) }] : []),
  ];
  return roles.length === 0 ? {} : { subject_qualification_information: roles };
}

function role(type: number): ObjectBody {
  return { qualification_information: { subject_market_roles_type: type } };
}

function investor(figures: SubjectFigures): ObjectBody {
  const code = figures.investorCode;
  const evidence = figures.evidence.map((item) => ({
    subject_investor_qualification: investorQualification.qualified,
    subject_investor_qualification_sub: item.condition,
    subject_investor_qualification_certificate: [reportedDocument(item.document)],
    subject_investor_qualification_certificate_time: `${item.verifiedOn}T00:00:00+08:00`,
    subject_investor_qualification_status: true,
  }));
  return {
    ...(code === null
      ? {}
      : {
          qualification_authentication_information: [
            { subject_qualification_code: code, subject_qualification_status: true },
          ],
        }),
    ...(evidence.length === 0 ? {} : { investor_suitability_information: evidence }),
  };
}

export function reportedDocument({ documentId, sm3 }: ReportedDocument): ObjectBody {
  return { uri: `urn:uuid:${documentId}`, hash: sm3, file_name: documentId };
}

function person(figures: SubjectFigures, personal: PersonalFigures): ObjectBody {
  const types: Readonly<Record<string, number>> = personDocument;
  return {
    personal_subject_information: {
      personal_subject_basic_information: {
        subject_investor_name: personal.name,
        subject_id_type: types[figures.certificateType] ?? 255,
        subject_id_number: personal.certificateNumber,
        ...(personal.address === null ? {} : { subject_contact_address: personal.address }),
        ...(personal.phone === null ? {} : { subject_cellphone_number: personal.phone }),
        ...birthAndSex(figures.certificateType, personal.certificateNumber),
      },
    },
  };
}

function birthAndSex(certificateType: string, certificateNumber: string): ObjectBody {
  if (certificateType !== 'resident-id') return {};
  const { bornOn, sex } = factsOfResidentId(certificateNumber);
  return { subject_birthday: bornOn, subject_gender: sex === 'male' ? 1 : 2 };
}

function organisation(figures: SubjectFigures, personal: PersonalFigures): ObjectBody {
  const natures: Readonly<Record<string, number>> = organisationNature;
  const documents: Readonly<Record<string, number>> = organisationDocument;
  const count = figures.shareholdersNumber;
  const document = {
    type: documents[figures.certificateType] ?? organisationDocument.other,
    code: personal.certificateNumber,
  };
  return {
    organization_subject_information: {
      basic_information_of_enterprise: {
        basic_information_description: {
          subject_company_name: personal.name,
          subject_organization_nature: natures[figures.nature] ?? 255,
          subject_document_information: [document],
          ...(personal.address === null ? {} : { subject_contact_address: personal.address }),
          ...(personal.phone === null ? {} : { subject_contact_number: personal.phone }),
          ...(count === null ? {} : { subject_shareholders_number: count }),
        },
      },
    },
  };
}
