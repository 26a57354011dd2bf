/** Investor codes of JR/T 0326: who asks for one, by which identity, and what the codes look like. */
import { marketRole, organisationNature } from '#libs/cross-chain-model/code-lists.ts';
import type { RegulatorObject } from '#libs/cross-chain-model/object.ts';

export interface CodeRequest {
  /** Q natural person, R institution, S product. */
  readonly letter: 'Q' | 'R' | 'S';
  /** Kind and number of the identity document: one identity, one code. */
  readonly identity: string;
}

interface Qualification {
  readonly qualification_information?: { readonly subject_market_roles_type?: number };
  readonly qualification_authentication_information?: readonly {
    readonly subject_qualification_code?: string;
  }[];
}

interface SubjectBody {
  readonly basic_information_subject: {
    readonly general_information_subject: { readonly subject_type: number };
    readonly subject_qualification_information?: readonly Qualification[];
  };
  readonly personal_subject_information?: {
    readonly personal_subject_basic_information: {
      readonly subject_id_type: number;
      readonly subject_id_number: string;
    };
  };
  readonly organization_subject_information?: {
    readonly basic_information_of_enterprise: {
      readonly basic_information_description: {
        readonly subject_organization_nature?: number;
        readonly subject_document_information: readonly {
          readonly type: number;
          readonly code: string;
        }[];
      };
    };
  };
}

/** Organisation natures that are pooled vehicles and get a product's code. */
const productNatures: ReadonlySet<number> = new Set([
  organisationNature['managed-plan'],
  organisationNature['other-product'],
]);

/** A subject with the investor's role and no code asks for one; others ask for nothing. */
export function codeRequestOf(object: RegulatorObject): CodeRequest | undefined {
  const { content } = object.header;
  if (content.type !== 'subject' || content.operation === 'delete') return undefined;
  const body = (object.body as { subject_information: SubjectBody }).subject_information;
  const roles = body.basic_information_subject.subject_qualification_information ?? [];
  const investor = roles.find(
    (role) => role.qualification_information?.subject_market_roles_type === marketRole.investor,
  );
  if (investor === undefined) return undefined;
  const codes = investor.qualification_authentication_information ?? [];
  if (codes.some((code) => code.subject_qualification_code !== undefined)) return undefined;
  return identityOf(body);
}

function identityOf(body: SubjectBody): CodeRequest | undefined {
  const person = body.personal_subject_information?.personal_subject_basic_information;
  if (person !== undefined) {
    const identity = `person/${person.subject_id_type}/${person.subject_id_number}`;
    return { letter: 'Q', identity };
  }
  const organisation =
    body.organization_subject_information?.basic_information_of_enterprise
      .basic_information_description;
  const document = organisation?.subject_document_information[0];
  if (organisation === undefined || document === undefined) return undefined;
  const isProduct = productNatures.has(organisation.subject_organization_nature ?? 0);
  return {
    letter: isProduct ? 'S' : 'R',
    identity: `organisation/${document.type}/${document.code}`,
  };
}

const digits = 9;

export const formatCode = (letter: CodeRequest['letter'], number: bigint): string =>
  `${letter}${number.toString().padStart(digits, '0')}`;
