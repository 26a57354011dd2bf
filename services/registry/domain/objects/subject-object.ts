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
import type { Instant } from '#libs/time/instant.ts';
import { factsOfResidentId } from '../identity-number.ts';
import type { SubjectNature } from '../subject.ts';
import { modelDateTime } from './model-time.ts';
import { type NewObjectFact, type ObjectBody, type ObjectOperation, objectIdOf } from './object-fact.ts';

export interface ReportedDocument {
  readonly documentId: string;
  readonly sm3: string;
  readonly fileName: string;
}

export interface ReportedEvidence {
  readonly condition: string;
  readonly verifier: string;
  readonly verifiedOn: string;
  readonly document: ReportedDocument;
}

export interface SubjectFigures {
  readonly subjectId: string;
  readonly nature: SubjectNature;
  readonly name: string;
  readonly certificateType: string;
  readonly certificateNumber: string;
  readonly phone: string | null;
  readonly address: string | null;
  readonly nationality: string;
  readonly isInvestor: boolean;
  readonly isIssuer: boolean;
  readonly isMarket: boolean;
  readonly investorCode: string | null;
  /** Issuers only: distinct holders of their securities. */
  readonly shareholdersNumber: number | null;
  readonly evidence: readonly ReportedEvidence[];
  readonly recordedAt: Instant;
}

export interface ObjectStep {
  readonly version: bigint;
  readonly revision: bigint;
  readonly operation: ObjectOperation;
}

export function subjectFact(figures: SubjectFigures, step: ObjectStep): NewObjectFact {
  return {
    class: 'subject',
    objectId: objectIdOf('subject', figures.subjectId),
    ...step,
    keyOwner: { kind: 'subject', id: figures.subjectId as Uuid },
    references: [],
    figures: { ...figures },
  };
}

export function subjectBody(figures: SubjectFigures): ObjectBody {
  return {
    subject_information: {
      basic_information_subject: {
        general_information_subject: {
          subject_id: figures.subjectId,
          subject_type: figures.nature === 'natural-person' ? 2 : 1,
          subject_main_administrative_region:
            figures.nationality === 'CN'
              ? administrativeRegion.domestic
              : administrativeRegion.foreign,
          subject_create_time: modelDateTime(figures.recordedAt),
        },
        ...qualifications(figures),
      },
      ...(figures.nature === 'natural-person' ? person(figures) : organisation(figures)),
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
  const code =
    figures.investorCode === null
      ? {}
      : {
          qualification_authentication_information: [
            {
              subject_qualification_code: figures.investorCode,
              subject_qualification_status: true,
            },
          ],
        };
  const evidence = figures.evidence.slice(0, 20).map((item) => ({
    subject_investor_qualification: investorQualification.qualified,
    subject_investor_qualification_sub: item.condition,
    subject_investor_qualification_description: item.verifier,
    subject_investor_qualification_certificate: [reportedDocument(item.document)],
    subject_investor_qualification_certificate_time: `${item.verifiedOn}T00:00:00+08:00`,
    subject_investor_qualification_status: true,
  }));
  return { ...code, ...(evidence.length === 0 ? {} : { investor_suitability_information: evidence }) };
}

export function reportedDocument(document: ReportedDocument): ObjectBody {
  return {
    uri: `urn:uuid:${document.documentId}`,
    hash: document.sm3,
    file_name: document.fileName,
  };
}

function person(figures: SubjectFigures): ObjectBody {
  const types: Readonly<Record<string, number>> = personDocument;
  return {
    personal_subject_information: {
      personal_subject_basic_information: {
        subject_investor_name: figures.name,
        subject_id_type: types[figures.certificateType] ?? 255,
        subject_id_number: figures.certificateNumber,
        ...(figures.address === null ? {} : { subject_contact_address: figures.address }),
        ...(figures.phone === null ? {} : { subject_cellphone_number: figures.phone }),
        ...birthAndSex(figures),
      },
    },
  };
}

function birthAndSex(figures: SubjectFigures): ObjectBody {
  if (figures.certificateType !== 'resident-id') return {};
  const { bornOn, sex } = factsOfResidentId(figures.certificateNumber);
  return { subject_birthday: bornOn, subject_gender: sex === 'male' ? 1 : 2 };
}

function organisation(figures: SubjectFigures): ObjectBody {
  const natures: Readonly<Record<string, number>> = organisationNature;
  const documents: Readonly<Record<string, number>> = organisationDocument;
  return {
    organization_subject_information: {
      basic_information_of_enterprise: {
        basic_information_description: {
          subject_company_name: figures.name,
          subject_organization_nature: natures[figures.nature] ?? 255,
          subject_document_information: [
            {
              type: documents[figures.certificateType] ?? organisationDocument.other,
              code: figures.certificateNumber,
            },
          ],
          ...(figures.address === null ? {} : { subject_contact_address: figures.address }),
          ...(figures.phone === null ? {} : { subject_contact_number: figures.phone }),
          ...(figures.shareholdersNumber === null
            ? {}
            : { subject_shareholders_number: figures.shareholdersNumber }),
        },
      },
    },
  };
}
