// Code lists of the model 2.0.0 whose labels the published schema leaves to configuration.

/** subject_market_roles_type. A subject version with the investor role and no code asks for one. */
export const marketRole = { investor: 1, issuer: 2, market: 3 } as const;

/** subject_main_administrative_region. */
export const administrativeRegion = { domestic: 1, foreign: 2 } as const;

/** subject_organization_nature. */
export const organisationNature = {
  company: 1,
  partnership: 2,
  'managed-plan': 3,
  'other-product': 4,
  'public-body': 5,
  'other-organisation': 255,
} as const;

/** subject_document_information.type: 1 unified social credit code, 4 any other. */
export const organisationDocument = { uscc: 1, 'product-record': 3, other: 4 } as const;

/** subject_id_type; 255 any other. */
export const personDocument = {
  'resident-id': 1,
  passport: 2,
  'hk-macau-permit': 3,
  'taiwan-permit': 4,
  'foreign-permanent-resident': 5,
} as const;

/** subject_investor_qualification: 1 qualified investor. */
export const investorQualification = { qualified: 1 } as const;

export const accountType = { securities: 1, fund: 2 } as const;
export const accountPurpose = { custody: 1, settlement: 2 } as const;
export const accountStatus = { normal: 1, closed: 2, frozen: 3, unverified: 4 } as const;
/** account_association: 1 fund account tied to a securities account. */
export const accountAssociation = { fundToSecurities: 1 } as const;

export const productType = { share: 2, 'convertible-bond': 3 } as const;
export const productScaleUnit = { share: 4 } as const;
export const productTransactionStatus = { open: 1, suspended: 2 } as const;
